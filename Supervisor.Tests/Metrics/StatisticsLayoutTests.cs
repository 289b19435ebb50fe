using System.Buffers.Binary;
using System.Text;
using Tapvisor.Metrics;
using Tapvisor.RingDevices.XenBlkif;

namespace Tapvisor.Tests.Metrics;

/// <summary>Byte for byte what upstream's structures are.</summary>
public sealed class StatisticsLayoutTests
{
    private static readonly DiskCounters s_counters = new(
        new OperationCounters(0x11, 0x12, 0x13, 0x14, 0x15), new OperationCounters(0x21, 0x22, 0x23, 0x24, 0x25), 0x31);

    [Theory]
    [InlineData(TapdiskStatisticsLayout.ImageVersion, "00")]
    [InlineData(TapdiskStatisticsLayout.RingVersion, "01")]
    public void The_processs_page_is_upstreams_struct_stats(uint version, string firstByte)
    {
        byte[] page = new byte[TapdiskStatisticsLayout.Length];
        TapdiskStatisticsLayout.Encode(version, s_counters, page);
        string[] words =
        [
            $"{firstByte}00000000000000", // version, padding
            "0000000000000000", // oo_reqs
            "1100000000000000", "1200000000000000", "1300000000000000", "1400000000000000", // reads
            "2100000000000000", "2200000000000000", "2300000000000000", "2400000000000000", // writes
            "3100000000000000", // io_errors
            "0000000000000000", // flags
        ];
        Assert.Equal(string.Concat(words), Convert.ToHexString(page));
    }

    [Fact]
    public void The_devices_page_is_blkbacks_statistics()
    {
        byte[] page = new byte[BackendStatisticsLayout.Length];
        BackendStatisticsLayout.Encode(s_counters, discards: 0x41, flushes: 0x42, page);
        string[] words =
        [
            "4100000000000000", // ds_req
            "4200000000000000", // f_req
            "0000000000000000", // oo_req
            "1100000000000000", "1200000000000000", "1300000000000000", "1400000000000000", "1500000000000000", // reads
            "2100000000000000", "2200000000000000", "2300000000000000", "2400000000000000", "2500000000000000", // writes
            "0000000000000000", // flags
        ];
        Assert.Equal(string.Concat(words), Convert.ToHexString(page));
    }

    [Fact]
    public void The_rings_text_is_upstreams_with_its_checksum_before_it()
    {
        var ring = new XenBlkifStatistics(5, 51712, 0, 256);
        ring.Indices.RequestsProduced = 4_000_000_000;
        ring.Indices.RequestsConsumed = 4_000_000_000;
        ring.Indices.RequestEvent = 1;
        ring.Indices.ResponsesProduced = 3;
        ring.Indices.ResponsesPrivate = 4;
        ring.Indices.ResponseEvent = 5;
        byte[] file = RingText.Encode([ring]);
        Assert.Equal(
            "nr_ents 256\nreq prod 4000000000 cons -294967296 event 1\nrsp prod 3 pvt 4 event 5\n", Encoding.ASCII.GetString(file, 8, file.Length - 8));

        // Zlib's crc32() of that text.
        Assert.Equal(0x55609BB4UL, BinaryPrimitives.ReadUInt64LittleEndian(file));
    }
}
