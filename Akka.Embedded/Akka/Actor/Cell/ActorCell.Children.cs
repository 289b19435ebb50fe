namespace Akka.Actor;

/// <content>Children: creating, finding and stopping them.</content>
internal sealed partial class ActorCell
{
    private readonly ChildrenContainer _children = new();

    public IActorRef ActorOf(Props props, string? name = null)
    {
        if (name is not null && !ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(name.Length == 0
                ? "Actor name must not be empty"
                : $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and "
                    + $"can only contain these special characters: {ActorPath.ValidSymbols}.");
        }

        string reserved = _children.Reserve(name);
        try
        {
            var path = new ChildActorPath(_self.Path, reserved, SystemImpl.NextUid());
            var child = new LocalActorRef(SystemImpl, props, _self, path);
            _children.Add(child);
            child.Start();
            return child;
        }
        catch
        {
            _children.Release(reserved);
            throw;
        }
    }

    public IActorRef Child(string name) => (IActorRef?)FindChild(name) ?? ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => _children.Snapshot().Select(child => child.Ref);

    public void Stop(IActorRef child)
    {
        InternalActorRef target = child.AsInternal();
        _children.MarkDying(target);
        target.Stop();
    }

    internal InternalActorRef? FindChild(string name) => _children.Find(name);

    private void StopChildren()
    {
        foreach (ChildStats child in _children.Snapshot())
        {
            Stop(child.Ref);
        }
    }

    private void HandleChildTerminated(InternalActorRef child)
    {
        switch (_children.Remove(child))
        {
            case SuspendReason.Recreation recreation:
                FinishRecreate(recreation.Cause);
                break;
            case SuspendReason.Creation:
                FinishCreate();
                break;
            case SuspendReason.Termination:
                FinishTerminate();
                break;
        }
    }
}
