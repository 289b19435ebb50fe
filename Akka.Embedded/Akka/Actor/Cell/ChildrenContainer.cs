using System.Globalization;

namespace Akka.Actor;

/// <summary>
/// An actor's children by name. A name is taken from its reservation until the child is dead. Safe for all threads, because
/// actors may be looked up, and top-level actors created, from anywhere.
/// </summary>
internal sealed class ChildrenContainer
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ChildStats?> _byName = [];
    private readonly HashSet<IActorRef> _dying = [];
    private SuspendReason? _waitingFor;
    private bool _terminated;
    private long _unnamed;

    /// <summary>Whether the actor is on its way out: no more children.</summary>
    public bool IsTerminating
    {
        get
        {
            lock (_lock)
            {
                return _terminated || _waitingFor is SuspendReason.Termination;
            }
        }
    }

    /// <summary>Whether a restart waits for children to die first.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock)
            {
                return _waitingFor is SuspendReason.Recreation or SuspendReason.Creation;
            }
        }
    }

    /// <summary>Takes a name.</summary>
    /// <param name="name">Null for a generated one.</param>
    public string Reserve(string? name)
    {
        lock (_lock)
        {
            if (_terminated || _waitingFor is SuspendReason.Termination)
            {
                throw new InvalidOperationException("Cannot create child while terminating or terminated");
            }

            string reserved = name ?? "$" + (++_unnamed).ToString("x", CultureInfo.InvariantCulture);
            return _byName.TryAdd(reserved, null)
                ? reserved
                : throw new InvalidActorNameException($"Actor name \"{reserved}\" is not unique!");
        }
    }

    public void Release(string name)
    {
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out ChildStats? child) && child is null)
            {
                _byName.Remove(name);
            }
        }
    }

    public void Add(InternalActorRef child)
    {
        lock (_lock)
        {
            _byName[child.Path.Name] = new ChildStats(child);
        }
    }

    public InternalActorRef? Find(string name)
    {
        lock (_lock)
        {
            return _byName.GetValueOrDefault(name)?.Ref;
        }
    }

    /// <summary>The statistics of a living child; null if it is none of ours, or another incarnation.</summary>
    public ChildStats? Find(InternalActorRef child)
    {
        lock (_lock)
        {
            return _byName.GetValueOrDefault(child.Path.Name) is { } stats && stats.Ref.Equals(child) ? stats : null;
        }
    }

    public IReadOnlyList<ChildStats> Snapshot()
    {
        lock (_lock)
        {
            return [.. _byName.Values.OfType<ChildStats>()];
        }
    }

    /// <summary>Notes that a child was told to stop.</summary>
    public void MarkDying(InternalActorRef child)
    {
        lock (_lock)
        {
            if (Find(child) is not null)
            {
                _dying.Add(child);
            }
        }
    }

    /// <summary>Begins to wait for the stopped children.</summary>
    /// <returns>False when there are none, so that the caller can go on at once.</returns>
    public bool WaitForDying(SuspendReason reason)
    {
        lock (_lock)
        {
            if (_dying.Count == 0)
            {
                _terminated |= reason is SuspendReason.Termination;
                return false;
            }

            _waitingFor = reason;
            return true;
        }
    }

    /// <summary>Forgets a dead child.</summary>
    /// <returns>What was waited for, if this was the last child to wait for.</returns>
    public SuspendReason? Remove(InternalActorRef child)
    {
        lock (_lock)
        {
            if (Find(child) is not null)
            {
                _byName.Remove(child.Path.Name);
            }

            if (!_dying.Remove(child) || _dying.Count > 0)
            {
                return null;
            }

            SuspendReason? reached = _waitingFor;
            _waitingFor = null;
            _terminated |= reached is SuspendReason.Termination;
            return reached;
        }
    }
}
