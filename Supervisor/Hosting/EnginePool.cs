using Tapvisor.BlockIo.Engines;
using Tapvisor.Disks;
using Tapvisor.Disks.Requests;
using Tapvisor.RingDevices.Nbd;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>The service's engines; each disk is pinned to the one that has fewest when it is attached.</summary>
internal sealed class EnginePool : IDiskHostFactory, IDisposable
{
    private readonly IoEngine[] _engines;
    private readonly int[] _disks;
    private readonly Func<IoEngine, int, Action, IDiskHost> _create;
    private readonly Lock _guard = new();

    internal EnginePool(IReadOnlyList<IoEngine> engines, Func<IoEngine, int, Action, IDiskHost> create)
    {
        _engines = [.. engines];
        _disks = new int[_engines.Length];
        _create = create;
    }

    internal IReadOnlyList<IoEngine> Engines => _engines;

    /// <inheritdoc />
    public IDiskHost Create(int minor)
    {
        int index;
        lock (_guard)
        {
            index = Array.IndexOf(_disks, _disks.Min());
            _disks[index]++;
        }
        return _create(_engines[index], minor, () => Release(index));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IoEngine engine in _engines)
            engine.Dispose();
    }

    private void Release(int index)
    {
        lock (_guard)
            _disks[index]--;
    }
}
