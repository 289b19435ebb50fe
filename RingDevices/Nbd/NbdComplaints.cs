using Microsoft.Extensions.Logging;
using Tapvisor.BlockIo.Engines;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>Keeps the log readable when clients misbehave by the thousands: so many lines in so much time, then silence.</summary>
internal sealed class NbdComplaints(IoEngine engine, int minor, ILogger logger)
{
    /// <summary>Lines per <see cref="Period"/>.</summary>
    internal const int Limit = 20;

    /// <summary>Nanoseconds after which new lines are allowed.</summary>
    internal const long Period = 60L * 1_000_000_000;

    private long _since;
    private int _lines;

    /// <summary>Lines not written since the last that was.</summary>
    internal int Suppressed { get; private set; }

    /// <summary>True if a line may be written now.</summary>
    internal bool TryBegin()
    {
        if (engine.Now - _since >= Period)
        {
            _since = engine.Now;
            _lines = 0;
            if (Suppressed > 0)
                NbdLog.ComplaintsSuppressed(logger, minor, Suppressed);
            Suppressed = 0;
        }
        if (_lines < Limit)
        {
            _lines++;
            return true;
        }
        Suppressed++;
        return false;
    }
}
