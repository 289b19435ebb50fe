using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>Ends a conversation that takes too long, by shutting its socket down; from its making to <see cref="StopAsync"/>.</summary>
internal sealed class NbdWatchdog
{
    // Of its own, so that its timer does not outlive it.
    private readonly IoScope _timer;
    private readonly IoTask<int> _watch;

    internal NbdWatchdog(IoSocket socket, TimeSpan limit)
    {
        _timer = new IoScope(socket.Scope.Engine, "NBD watchdog");
        _watch = WatchAsync(socket, limit);
    }

    /// <summary>The time was up.</summary>
    internal bool HasBitten { get; private set; }

    /// <returns>0.</returns>
    internal async IoTask<int> StopAsync()
    {
        _timer.Revoke();
        return await _watch;
    }

    private async IoTask<int> WatchAsync(IoSocket socket, TimeSpan limit)
    {
        if (await _timer.DelayAsync(limit) == 0)
        {
            HasBitten = true;
            socket.Shutdown();
        }
        return 0;
    }
}
