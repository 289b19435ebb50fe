using System.Collections.Concurrent;
using Tapvisor.BlockIo.Engines;
using Tapvisor.RingDevices.XenBlkif.Polling;
using Tapvisor.RingDevices.XenBlkif.Seam;

namespace Tapvisor.RingDevices.XenBlkif;

/// <summary>What the rings of a process share: the way to the hypervisor, one for each engine, and which devices are served.</summary>
/// <param name="open">Opens the hypervisor for one engine.</param>
public sealed class XenGateways(Func<IXenInterface> open)
{
    private readonly ConcurrentDictionary<IoEngine, XenGateway> _gateways = new();
    private readonly ConcurrentDictionary<(uint DomId, uint DevId), bool> _devices = new();

    /// <summary>How busy this machine is.</summary>
    internal IdleCpu IdleCpu { get; } = new();

    internal XenGateway Of(IoEngine engine) => _gateways.GetOrAdd(engine, static (key, opener) => new XenGateway(key, opener), open);

    /// <summary>A guest's device has one backend at a time.</summary>
    internal bool TryEnter(uint domId, uint devId) => _devices.TryAdd((domId, devId), true);

    internal void Leave(uint domId, uint devId) => _devices.TryRemove((domId, devId), out _);
}
