using Tapvisor.XenStore;

namespace Tapvisor.Simulation.Store;

/// <summary>What a connection does to a snapshot, and can do again to the live tree when nobody changed what it saw.</summary>
internal sealed class StoreTransaction(StoreNode start, StoreView view)
{
    private readonly List<Action<StoreView>> _steps = [];

    internal StoreView View { get; } = view;

    /// <summary>Changes the snapshot; the change is done to the live tree at the commit.</summary>
    internal void Do(Action<StoreView> step)
    {
        step(View);
        _steps.Add(step);
    }

    /// <summary>False when somebody else changed what it saw; then nothing has happened.</summary>
    internal bool TryCommit(StoreView live)
    {
        foreach (string path in View.Seen)
        {
            string[] components = XenStorePath.Components(path);
            if (start.Find(components)?.Generation != live.Root.Find(components)?.Generation)
                return false;
        }
        foreach (Action<StoreView> step in _steps)
            step(live);
        return true;
    }
}
