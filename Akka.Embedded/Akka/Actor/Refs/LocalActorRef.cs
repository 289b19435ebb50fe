using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The reference of an actor with a cell in this process.</summary>
internal sealed class LocalActorRef : InternalActorRef
{
    private readonly ActorCell _cell;

    public LocalActorRef(ActorSystemImpl system, Props props, InternalActorRef parent, ActorPath path)
    {
        Path = path;
        _cell = new ActorCell(system, this, props, parent);
    }

    public override ActorPath Path { get; }

    internal ActorCell Cell => _cell;

    internal override ActorSystemImpl System => _cell.SystemImpl;

    internal override InternalActorRef Parent => _cell.ParentRef;

    internal override InternalActorRef? GetChild(string name) => _cell.FindChild(name);

    internal override void SendSystemMessage(SystemMessage message) => _cell.Mailbox.PostSystem(message);

    /// <summary>Lets the actor begin: its first turn creates it.</summary>
    internal void Start() => SendSystemMessage(Create.Instance);

    protected override void TellInternal(object message, IActorRef? sender) => _cell.Mailbox.Post(new Envelope(message, sender));
}
