using Microsoft.Extensions.Logging;
using Tapvisor.Messages.Actors;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.Requests;
using Tapvisor.RingDevices.XenBlkif;

namespace Tapvisor.Actors.Disks;

/// <summary>A disk's ring devices on its engine: NBD for clients here, Xen's rings for guests.</summary>
internal sealed class EngineRingHost(
    RequestQueue queue, NbdPaths paths, NbdOptions options, XenBlkifRingDevice guests, ILogger<NbdRingDevice> log) : IRingHost, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<string> _links = [];
    private NbdRingDevice? _device;

    /// <summary>Clients connected now; any thread may ask.</summary>
    internal int Connections => Volatile.Read(ref _device)?.ConnectionCount ?? 0;

    /// <summary>Of each guest's ring; any thread may ask.</summary>
    internal IReadOnlyList<XenBlkifStatistics> Guests => guests.Statistics;

    public async Task StartAsync(IReadOnlyList<string> aliases, bool takeOver)
    {
        await _turn.WaitAsync();
        try
        {
            await queue.Engine.RunAsync(() => guests.StartAsync(takeOver));
            if (_device is not null)
                return;
            var device = new NbdRingDevice(queue, paths, options, log);
            await queue.Engine.RunAsync(device.StartAsync);
            Volatile.Write(ref _device, device);
            foreach (string alias in aliases)
                Link(alias);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task StopAsync()
    {
        await _turn.WaitAsync();
        try
        {
            foreach (string link in _links)
                File.Delete(link);
            _links.Clear();

            // Whoever stops has released the guests as he means it; if not, what they are owed must not be forgotten here.
            await ReleaseAsync(handOver: true, force: false);
            if (_device is { } device)
                await queue.Engine.RunAsync(device.StopAsync);
            Volatile.Write(ref _device, null);
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task ReleaseAsync(bool handOver, bool force) => queue.Engine.RunAsync(() => guests.ReleaseAsync(handOver, force));

    public Task<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt) =>
        queue.Engine.RunAsync(() => guests.ConnectAsync(frontend, adopt));

    public Task<bool> DisconnectAsync(uint domId, uint devId) => queue.Engine.RunAsync(() => guests.DisconnectAsync(domId, devId));

    public void Dispose() => _turn.Dispose();

    private void Link(string alias)
    {
        try
        {
            File.Delete(alias);
            File.CreateSymbolicLink(alias, paths.Listener);
            _links.Add(alias);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk serves under its own name; only clients of the dead service have to be told that.
            log.AliasFailed(paths.Minor, alias, e.Message);
        }
    }
}
