using Microsoft.Extensions.Logging;
using Tapvisor.Disks;
using Tapvisor.Disks.Requests;
using Tapvisor.Native;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>A disk by NBD: under its own socket, and where clients of dead services look for it.</summary>
public sealed class NbdFrontEnd(RequestQueue queue, NbdPaths paths, NbdOptions options, ILogger<NbdRingDevice> log) : IFrontEnd
{
    private readonly List<string> _links = [];
    private NbdRingDevice? _device;

    /// <inheritdoc />
    public int Clients => Volatile.Read(ref _device)?.ConnectionCount ?? 0;

    /// <inheritdoc />
    public async Task StartAsync(FrontEndStart start)
    {
        if (_device is not null)
            return;
        var device = new NbdRingDevice(queue, paths, options, log);
        await queue.Engine.RunAsync(device.StartAsync);
        Volatile.Write(ref _device, device);
        foreach (string alias in start.Aliases)
            Link(alias);
    }

    /// <inheritdoc />
    public Task ReleaseAsync(bool handOver, bool force) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StopAsync()
    {
        foreach (string link in _links)
            Leftover.Remove(link);
        _links.Clear();
        if (_device is { } device)
            await queue.Engine.RunAsync(device.StopAsync);
        Volatile.Write(ref _device, null);
    }

    private void Link(string alias)
    {
        try
        {
            Leftover.Remove(alias);
            File.CreateSymbolicLink(alias, paths.Listener);
            _links.Add(alias);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk serves under its own name; only clients of the dead service have to be told that.
            NbdLog.AliasFailed(log, paths.Minor, alias, e.Message);
        }
    }
}
