using System.Buffers.Binary;

namespace Tapvisor.Metrics;

/// <summary>
/// struct stats of td3-&lt;pid&gt;/: version u32 and four bytes of padding, then u64 each, little-endian: oo_reqs, reads submitted, completed,
/// sectors and microseconds, the same of writes, io_errors, flags (upstream drivers/tapdisk-metrics-stats.h). xapi's rrdp-iostat maps it.
/// </summary>
internal static class TapdiskStatisticsLayout
{
    internal const int Length = 96;

    /// <summary>Of vdi-&lt;minor&gt;.</summary>
    internal const uint ImageVersion = 0;

    /// <summary>Of vbd-&lt;domid&gt;-&lt;devid&gt;.</summary>
    internal const uint RingVersion = 1;

    private const int Reads = 16;
    private const int Writes = 48;
    private const int Errors = 80;

    /// <summary>oo_reqs (8) and flags (88) stay zero, as upstream leaves them.</summary>
    internal static void Encode(uint version, in DiskCounters counters, Span<byte> page)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(page, version);
        Encode(counters.Reads, page[Reads..]);
        Encode(counters.Writes, page[Writes..]);
        BinaryPrimitives.WriteInt64LittleEndian(page[Errors..], counters.Failed);
    }

    private static void Encode(in OperationCounters counters, Span<byte> fields)
    {
        BinaryPrimitives.WriteInt64LittleEndian(fields, counters.Submitted);
        BinaryPrimitives.WriteInt64LittleEndian(fields[8..], counters.Completed);
        BinaryPrimitives.WriteInt64LittleEndian(fields[16..], counters.Sectors);
        BinaryPrimitives.WriteInt64LittleEndian(fields[24..], counters.Microseconds);
    }
}
