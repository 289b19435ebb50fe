using System.Diagnostics;

namespace Akka.Actor;

/// <summary>How often a child was restarted lately.</summary>
internal sealed class ChildStats(InternalActorRef child)
{
    private int _restarts;
    private long? _windowStart;

    public InternalActorRef Ref { get; } = child;

    /// <summary>Counts one restart and tells whether it is within the limit.</summary>
    /// <param name="maxRetries">Restarts allowed; negative for no limit, 0 for none.</param>
    /// <param name="window">The time they are counted in, which begins at the first failure; zero or less for ever.</param>
    public bool RequestRestartPermission(int maxRetries, TimeSpan window)
    {
        if (maxRetries == 0)
        {
            return false;
        }

        if (window <= TimeSpan.Zero)
        {
            return maxRetries < 0 || ++_restarts <= maxRetries;
        }

        long now = Stopwatch.GetTimestamp();
        _windowStart ??= now;
        if (Stopwatch.GetElapsedTime(_windowStart.Value, now) > window)
        {
            _windowStart = now;
            _restarts = 1;
            return true;
        }

        // A window without a count means one restart per window, as in Akka.
        return ++_restarts <= (maxRetries < 0 ? 1 : maxRetries);
    }
}
