using Tapvisor.BlockIo;

namespace Tapvisor.Metrics;

/// <summary>Counters of one disk since it was attached; written by its engine's thread, read by anybody.</summary>
public sealed class QueueStatistics
{
    internal long[] Submitted { get; } = new long[OperationCount];

    internal long[] Completed { get; } = new long[OperationCount];

    internal long[] Failed { get; } = new long[OperationCount];

    internal long[] Bytes { get; } = new long[OperationCount];

    internal long[] Nanoseconds { get; } = new long[OperationCount];

    internal const int OperationCount = (int)BlockOperation.BlockStatus + 1;

    /// <summary>Requests taken in.</summary>
    public long SubmittedOf(BlockOperation operation) => Volatile.Read(ref Submitted[(int)operation]);

    /// <summary>Requests answered, errors included.</summary>
    public long CompletedOf(BlockOperation operation) => Volatile.Read(ref Completed[(int)operation]);

    /// <summary>Requests answered with an error.</summary>
    public long FailedOf(BlockOperation operation) => Volatile.Read(ref Failed[(int)operation]);

    /// <summary>Bytes asked for.</summary>
    public long BytesOf(BlockOperation operation) => Volatile.Read(ref Bytes[(int)operation]);

    /// <summary>Time from submission to answer, summed, in nanoseconds.</summary>
    public long NanosecondsOf(BlockOperation operation) => Volatile.Read(ref Nanoseconds[(int)operation]);

    /// <summary>Requests taken in and not answered.</summary>
    public long Outstanding
    {
        get
        {
            long sum = 0;
            for (var operation = BlockOperation.Read; operation <= BlockOperation.BlockStatus; operation++)
                sum += SubmittedOf(operation) - CompletedOf(operation);
            return sum;
        }
    }

    /// <summary>Requests put back because their driver failed under them.</summary>
    public long Replayed { get; internal set; }

    /// <summary>Requests tried again because the storage was busy.</summary>
    public long Retried { get; internal set; }
}
