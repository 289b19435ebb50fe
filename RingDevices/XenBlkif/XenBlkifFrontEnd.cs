using Tapvisor.BlockIo.Engines;
using Tapvisor.Disks;
using Tapvisor.Messages.Blkif;
using Tapvisor.Metrics;

namespace Tapvisor.RingDevices.XenBlkif;

/// <summary>A disk's <see cref="XenBlkifRingDevice"/> as seen from other threads.</summary>
public sealed class XenBlkifFrontEnd(IoEngine engine, XenBlkifRingDevice device) : IGuestFrontEnd
{
    /// <inheritdoc />
    public int Clients => device.Statistics.Count;

    /// <inheritdoc />
    public IReadOnlyList<XenBlkifStatistics> Rings => device.Statistics;

    /// <inheritdoc />
    public Task StartAsync(FrontEndStart start) => engine.RunAsync(() => device.StartAsync(start.TakeOver));

    /// <inheritdoc />
    public Task ReleaseAsync(bool handOver, bool force) => engine.RunAsync(() => device.ReleaseAsync(handOver, force));

    /// <summary>A guest's rings have been released by then; there is nothing else.</summary>
    public Task StopAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public Task<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt) => engine.RunAsync(() => device.ConnectAsync(frontend, adopt));

    /// <inheritdoc />
    public Task<bool> DisconnectAsync(uint domId, uint devId) => engine.RunAsync(() => device.DisconnectAsync(domId, devId));
}
