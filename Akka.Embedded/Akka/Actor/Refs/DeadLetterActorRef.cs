using Akka.Event;

namespace Akka.Actor;

/// <summary>Where messages to the dead go: they are published on the event stream.</summary>
internal sealed class DeadLetterActorRef(ActorSystemImpl system, ActorPath path) : EmptyLocalActorRef(system, path)
{
    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (message is AllDeadLetters deadLetter)
        {
            Publish(deadLetter);
            return;
        }

        base.TellInternal(message, sender);
    }
}
