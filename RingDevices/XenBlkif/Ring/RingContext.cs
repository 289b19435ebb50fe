using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Metrics;
using Tapvisor.RingDevices.XenBlkif.Shadow;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>What the parts of one ring have in common: whose it is, how far it has come, and how they wake its next pass.</summary>
/// <param name="device">Whose ring it is.</param>
/// <param name="index">Which of the device's rings.</param>
/// <param name="port">Its event channel, bound.</param>
/// <param name="pages">What the guest shares.</param>
/// <param name="shadow">What is in flight.</param>
internal sealed class RingContext(BlkifDevice device, int index, uint port, SharedRing pages, RingShadow shadow)
{
    private readonly Action? _beforeStore = device.Options.BeforeStore;

    internal BlkifDevice Device => device;

    internal int Index => index;

    internal uint Port => port;

    internal SharedRing Pages => pages;

    internal RingShadow Shadow => shadow;

    internal uint DomId => device.Frontend.DomId;

    internal uint DevId => device.Frontend.DevId;

    internal IoEngine Engine { get; } = device.Queue.Engine;

    /// <summary>Timers and helper threads' calls of the ring.</summary>
    internal IoScope Scope { get; } = new(device.Queue.Engine, "blkif ring");

    /// <summary>Opened by whoever leaves something to do for the next pass.</summary>
    internal IoGate Work { get; } = new();

    internal XenBlkifStatistics Statistics { get; } =
        new(device.Frontend.DomId, device.Frontend.DevId, index, pages.Size);

    /// <summary>It takes no further request, and gives up those that wait for an image.</summary>
    internal bool IsStopping { get; set; }

    /// <summary>The guest broke the protocol: it is not listened to any more.</summary>
    internal bool IsHalted { get; set; }

    /// <summary>No pass comes any more.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>What the guest makes from now on is taken.</summary>
    internal bool TakesRequests => !IsStopping && !IsHalted;

    /// <summary>Called before each store that a successor could come to see.</summary>
    internal void Reached() => _beforeStore?.Invoke();
}
