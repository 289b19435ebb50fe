using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The parent of the root guardian: a failure that got this far ends the system.</summary>
internal sealed class RootSupervisor(ActorSystemImpl system, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path / "_root-supervisor";

    internal override ActorSystemImpl System => system;

    internal override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                failed.Child.Stop();
                break;
            case DeathWatchNotification:
                system.OnRootTerminated();
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) => system.DeadLetters.Tell(message, sender);
}
