namespace Tapvisor.Benchmarks.Nbd.Jobs;

/// <summary>One load that fio puts on a disk.</summary>
/// <param name="Name">What <c>--jobs</c> calls it.</param>
/// <param name="Title">What the report calls it.</param>
/// <param name="Pattern">fio's <c>rw</c>: randread, randwrite, read or write.</param>
/// <param name="BlockBytes">Bytes of a request.</param>
/// <param name="Depth">Requests in flight.</param>
internal sealed record FioJob(string Name, string Title, string Pattern, long BlockBytes, int Depth)
{
    internal static IReadOnlyList<FioJob> All { get; } =
    [
        new("randread-qd1", "4 KiB random read, queue depth 1", "randread", 4 * ByteSize.KiB, 1),
        new("randread-qd32", "4 KiB random read, queue depth 32", "randread", 4 * ByteSize.KiB, 32),
        new("randwrite-qd32", "4 KiB random write, queue depth 32", "randwrite", 4 * ByteSize.KiB, 32),
        new("read-qd8", "1 MiB sequential read, queue depth 8", "read", ByteSize.MiB, 8),
        new("write-qd8", "1 MiB sequential write, queue depth 8", "write", ByteSize.MiB, 8),
    ];

    /// <summary>It ends after so many requests; null: after a time.</summary>
    internal long? Requests { get; init; }

    /// <summary>It changes the image.</summary>
    internal bool Writes => Pattern.EndsWith("write", StringComparison.Ordinal);
}
