namespace Tapvisor.Control;

/// <summary>A point in monotonic time, or never.</summary>
public readonly struct Deadline
{
    private readonly long _ticks;

    private Deadline(long ticks) => _ticks = ticks;

    public static Deadline Never => new(long.MaxValue);

    /// <summary>Null never comes.</summary>
    public static Deadline After(TimeSpan? wait) => wait is { } time ? new(Environment.TickCount64 + (long)time.TotalMilliseconds) : Never;

    public bool HasPassed => Environment.TickCount64 >= _ticks;

    /// <summary>For poll(2): 0 when passed, -1 for never.</summary>
    public int Milliseconds => _ticks == long.MaxValue ? -1 : (int)Math.Clamp(_ticks - Environment.TickCount64, 0, int.MaxValue);
}
