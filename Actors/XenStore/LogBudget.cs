namespace Tapvisor.Actors.XenStore;

/// <summary>How much a device may put into the log: a guest that misbehaves all the time must not fill the log's disk.</summary>
internal sealed class LogBudget
{
    private const int LinesPerWindow = 20;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private TimeSpan _start;
    private int _lines;

    /// <summary>Whether a line may be written now.</summary>
    internal bool TrySpend(TimeSpan now)
    {
        if (now - _start > s_window)
            (_start, _lines) = (now, 0);
        return ++_lines <= LinesPerWindow;
    }
}
