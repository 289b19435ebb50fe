namespace Akka.Actor;

/// <summary>
/// The top of a subtree. <c>/user</c> stops when told to; <c>/system</c> when <c>/user</c> is dead; the root when
/// <c>/system</c> is dead.
/// </summary>
internal sealed class GuardianActor(Func<IActorRef?> livesAsLongAs) : ActorBase
{
    protected override void PreStart()
    {
        if (livesAsLongAs() is { } other)
        {
            Context.Watch(other);
        }
    }

    protected override bool Receive(object message)
    {
        if (message is not Terminated)
        {
            return false;
        }

        Context.Stop(Self);
        return true;
    }

    protected override void Unhandled(object message) => Context.System.DeadLetters.Tell(message, Sender);
}
