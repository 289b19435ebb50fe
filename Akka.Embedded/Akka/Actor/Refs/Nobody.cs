using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The reference that ignores everything.</summary>
public sealed class Nobody : InternalActorRef
{
    public static readonly Nobody Instance = new();

    private Nobody()
    {
    }

    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "all-systems"), "/Nobody");

    internal override ActorSystemImpl System => throw new NotSupportedException("Nobody belongs to no actor system");

    internal override void SendSystemMessage(SystemMessage message)
    {
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
    }
}
