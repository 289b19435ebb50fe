using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>An actor reference that also takes the runtime's own messages.</summary>
public abstract class InternalActorRef : ActorRefBase
{
    private protected InternalActorRef()
    {
    }

    internal abstract ActorSystemImpl System { get; }

    internal virtual InternalActorRef? Parent => null;

    internal abstract void SendSystemMessage(SystemMessage message);

    internal virtual InternalActorRef? GetChild(string name) => null;

    internal void Stop() => SendSystemMessage(Terminate.Instance);

    internal void Suspend() => SendSystemMessage(Dispatch.SysMsg.Suspend.Instance);

    internal void Resume(Exception? causedByFailure) => SendSystemMessage(new Resume(causedByFailure));

    internal void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));
}
