namespace Tapvisor.Metrics;

/// <summary>Counters of one kind of request.</summary>
public sealed class XenBlkifCounters
{
    private long _submitted;
    private long _completed;
    private long _sectors;
    private long _ticks;
    private long _longest;

    /// <summary>Taken from the ring.</summary>
    public long Submitted => Volatile.Read(ref _submitted);

    /// <summary>Answered, errors included.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Sectors of 512 bytes of those that succeeded.</summary>
    public long Sectors => Volatile.Read(ref _sectors);

    /// <summary>Microseconds from ring to response, summed.</summary>
    public long Ticks => Volatile.Read(ref _ticks);

    /// <summary>Microseconds that the slowest took.</summary>
    public long LongestTicks => Volatile.Read(ref _longest);

    internal void Submit() => _submitted++;

    internal void Complete(long sectors, long nanoseconds)
    {
        long microseconds = nanoseconds / 1000;
        _completed++;
        _sectors += sectors;
        _ticks += microseconds;
        if (microseconds > _longest)
            _longest = microseconds;
    }
}
