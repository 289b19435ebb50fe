using Tapvisor.Actors.Supervisor;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>The pauses between attempts to bring an image back: each twice as long as the one before, up to a longest.</summary>
internal sealed class Backoff(SettingsSource settings)
{
    // 2^30 times any pause is longer than every longest one; beyond, a double would grow without end.
    private const int MostDoublings = 30;

    private int _failures;

    /// <summary>The pause after one more failure.</summary>
    internal TimeSpan Next()
    {
        SupervisorSettings now = settings.Current;
        TimeSpan backoff = now.RestartBackoffMinimum * Math.Pow(2, Math.Min(_failures++, MostDoublings));
        return backoff < now.RestartBackoffMaximum ? backoff : now.RestartBackoffMaximum;
    }

    /// <summary>The pause after the failure of a driver that had worked: if it had done so for a while, short pauses begin anew.</summary>
    internal TimeSpan NextAfter(TimeSpan worked)
    {
        if (worked > settings.Current.RestartWindow)
            _failures = 0;
        return Next();
    }
}
