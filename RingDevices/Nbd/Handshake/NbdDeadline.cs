using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.RingDevices.Nbd.Handshake;

/// <summary>Calls out when something takes too long. One timer at most, however often it is set.</summary>
internal sealed class NbdDeadline(IoScope scope, TimeSpan timeout, Action expired)
{
    private long? _at;
    private bool _running;

    /// <summary>From now on the time counts.</summary>
    internal void Set()
    {
        _at = scope.Engine.Now + (long)timeout.TotalNanoseconds;
        if (_running)
            return;
        _running = true;
        _ = RunAsync();
    }

    /// <summary>It was done in time.</summary>
    internal void Clear() => _at = null;

    private async IoTask<int> RunAsync()
    {
        while (_at is { } at)
        {
            long left = at - scope.Engine.Now;
            if (left <= 0)
            {
                _at = null;
                expired();
            }
            else if (await scope.DelayAsync(TimeSpan.FromTicks((left + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick)) < 0)
            {
                break;
            }
        }
        _running = false;
        return 0;
    }
}
