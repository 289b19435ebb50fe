using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs dead letters, up to <c>akka.log-dead-letters</c> of them.</summary>
public class DeadLetterListener : ActorBase
{
    private int _count;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    protected override bool Receive(object message)
    {
        if (message is not DeadLetter letter)
        {
            return false;
        }

        int limit = Context.System.Settings.LogDeadLetters;
        string end = ++_count < limit ? "" : ", no more dead letters will be logged";
        Context.System.EventStream.Publish(new Info(
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}] from {letter.Sender} to {letter.Recipient} was not delivered. " +
            $"[{_count}] dead letters encountered{end}. This logging can be turned off or adjusted with configuration settings " +
            "'akka.log-dead-letters' and 'akka.log-dead-letters-during-shutdown'."));
        if (_count >= limit)
        {
            Context.Stop(Self);
        }

        return true;
    }
}
