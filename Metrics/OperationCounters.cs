namespace Tapvisor.Metrics;

/// <summary>Counters of one kind of request.</summary>
/// <param name="Submitted">Requests taken in.</param>
/// <param name="Completed">Requests answered.</param>
/// <param name="Sectors">Sectors of 512 bytes.</param>
/// <param name="Microseconds">From taken in to answered, summed.</param>
/// <param name="Longest">Microseconds that the slowest took.</param>
internal readonly record struct OperationCounters(long Submitted, long Completed, long Sectors, long Microseconds, long Longest)
{
    /// <summary>Of both.</summary>
    public static OperationCounters operator +(OperationCounters a, OperationCounters b) => new(
        a.Submitted + b.Submitted,
        a.Completed + b.Completed,
        a.Sectors + b.Sectors,
        a.Microseconds + b.Microseconds,
        Math.Max(a.Longest, b.Longest));
}
