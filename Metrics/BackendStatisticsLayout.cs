using System.Buffers.Binary;

namespace Tapvisor.Metrics;

/// <summary>
/// vbd3-&lt;domid&gt;-&lt;devid&gt;/statistics: what blkback shows in sysfs, as fourteen u64, little-endian: ds_req, f_req, oo_req, then of reads
/// rd_req (taken in), rd_cnt (answered), rd_sect, rd_sum_usecs and rd_max_usecs, the same of writes, flags (upstream include/blktap3.h).
/// </summary>
internal static class BackendStatisticsLayout
{
    internal const int Length = 112;

    private const int Flushes = 8;
    private const int Reads = 24;
    private const int Writes = 64;

    /// <summary>oo_req (16) and flags (104) stay zero, as upstream leaves them; discards and flushes are counted as blkback does.</summary>
    internal static void Encode(in DiskCounters counters, long discards, long flushes, Span<byte> page)
    {
        BinaryPrimitives.WriteInt64LittleEndian(page, discards);
        BinaryPrimitives.WriteInt64LittleEndian(page[Flushes..], flushes);
        Encode(counters.Reads, page[Reads..]);
        Encode(counters.Writes, page[Writes..]);
    }

    private static void Encode(in OperationCounters counters, Span<byte> fields)
    {
        BinaryPrimitives.WriteInt64LittleEndian(fields, counters.Submitted);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], counters.Completed);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], counters.Sectors);
        BinaryPrimitives.WriteInt64LittleEndian(fields[24..], counters.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(fields[32..], counters.Longest);
    }
}
