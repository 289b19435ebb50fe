using System.Collections.Concurrent;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;

namespace Tapvisor.Simulation.Hypervisor;

/// <summary>
/// A hypervisor in a directory, for development and for tests without Xen: guests are files, grants are pages of them, event channels
/// are pipes. It behaves as Xen does where a backend can notice, the end of a process included.
/// </summary>
internal sealed class LoopbackXen : IXenInterface
{
    private readonly ConcurrentDictionary<uint, LoopbackDomain> _domains = new();
    private readonly LoopbackGrantTable _grants;
    private readonly LoopbackEventChannels _events;
    private bool _disposed;

    internal LoopbackXen(string root)
    {
        Root = root;
        _grants = new LoopbackGrantTable(this);
        _events = new LoopbackEventChannels(this);
    }

    public IGrantTable Grants => _grants;

    public IEventChannels Events => _events;

    internal string Root { get; }

    /// <summary>Statuses that the next granted segments meet instead of being copied, for tests.</summary>
    internal Queue<short> Faults => _grants.Faults;

    /// <summary>Segments that were copied by grant, for tests.</summary>
    internal long Copies => _grants.Copies;

    /// <summary>Calls of <see cref="IGrantTable.Map"/> that were not undone, for tests.</summary>
    internal int Mappings => _grants.Mappings;

    /// <exception cref="BlockException">ESRCH: there is no such guest.</exception>
    internal LoopbackDomain Domain(uint domId) => _domains.GetOrAdd(domId, static (id, root) => LoopbackDomain.Open(root, id), Root);

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _events.Close();
        _grants.Close();
        foreach (LoopbackDomain domain in _domains.Values)
            domain.Dispose();
    }
}
