using Microsoft.Extensions.Logging;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.Requests;

namespace Tapvisor.Actors.Disks;

/// <summary>A disk's NBD ring device on its engine.</summary>
internal sealed class EngineRingHost(RequestQueue queue, NbdPaths paths, NbdOptions options, ILogger<NbdRingDevice> log) : IRingHost, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<string> _links = [];
    private NbdRingDevice? _device;

    /// <summary>Clients connected now; any thread may ask.</summary>
    internal int Connections => Volatile.Read(ref _device)?.ConnectionCount ?? 0;

    public async Task StartAsync(IReadOnlyList<string> aliases)
    {
        await _turn.WaitAsync();
        try
        {
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
            if (_device is { } device)
                await queue.Engine.RunAsync(device.StopAsync);
            Volatile.Write(ref _device, null);
        }
        finally
        {
            _turn.Release();
        }
    }

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
