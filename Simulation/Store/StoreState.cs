using System.Collections.Immutable;
using Tapvisor.XenStore;

namespace Tapvisor.Simulation.Store;

/// <summary>The live tree, the domains and the connections; whoever touches it holds its lock.</summary>
internal sealed class StoreState(StoreQuota quota)
{
    private readonly List<StoreSession> _sessions = [];
    private readonly HashSet<uint> _domains = [0];
    private ulong _generation;
    private uint _transaction;

    internal Lock Guard { get; } = new();

    internal StoreQuota Quota => quota;

    internal StoreNode Root { get; private set; } = new("", [new XenStorePermission(0, XenStoreAccess.None)], StoreNode.NoChildren, 0);

    internal int WatchCount => _sessions.Sum(session => session.WatchCount);

    internal void Add(StoreSession session) => _sessions.Add(session);

    internal void Remove(StoreSession session) => _sessions.Remove(session);

    internal StoreView View() => new(Root, () => ++_generation, quota);

    internal uint NextTransaction() => ++_transaction;

    /// <summary>Makes a view's changes true, and tells whoever watches.</summary>
    internal void Accept(StoreView view)
    {
        Root = view.Root;
        foreach (StoreChange change in view.Changes)
            Tell(change);
    }

    internal bool IsIntroduced(uint domId) => _domains.Contains(domId);

    internal void Introduce(uint domId)
    {
        _domains.Add(domId);
        Tell(new StoreChange("@introduceDomain", null, IsRemoval: false));
    }

    internal bool Release(uint domId)
    {
        if (domId == 0 || !_domains.Remove(domId))
            return false;
        Tell(new StoreChange("@releaseDomain", null, IsRemoval: false));
        return true;
    }

    private void Tell(StoreChange change)
    {
        foreach (StoreSession session in _sessions.ToImmutableArray())
            session.Tell(change);
    }
}
