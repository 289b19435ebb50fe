using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The reference of an actor that does not live: what is sent to it becomes a dead letter.</summary>
internal class EmptyLocalActorRef(ActorSystemImpl system, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    internal override ActorSystemImpl System => system;

    internal override void SendSystemMessage(SystemMessage message)
    {
        if (message is Watch watch && !watch.Watcher.Equals(this))
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, ExistenceConfirmed: false));
        }
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case DeadLetter deadLetter:
                Publish(deadLetter);
                break;
            default:
                Publish(DeadLetters.Wrap(message, sender ?? system.DeadLetters, this));
                break;
        }
    }

    protected void Publish(AllDeadLetters deadLetter) => system.EventStream.Publish(deadLetter);
}
