using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Tapvisor.Metrics;

/// <summary>
/// vbd3-&lt;domid&gt;-&lt;devid&gt;/io_ring: the CRC-32 of a text, as u64, and the text, three lines for each ring of the device (upstream
/// drivers/td-blkif.c:tapdisk_xenblkif_ring_stats_update).
/// </summary>
internal static class RingText
{
    private const int TextOffset = 8;

    // Of zlib, reflected.
    private const uint Polynomial = 0xEDB88320;

    internal static byte[] Encode(IEnumerable<XenBlkifStatistics> rings)
    {
        var text = new StringBuilder();
        foreach (XenBlkifStatistics ring in rings)
        {
            // What is ours upstream prints signed.
            XenBlkifIndices at = ring.Indices;
            text.Append(
                CultureInfo.InvariantCulture,
                $"nr_ents {ring.Entries}\n"
                + $"req prod {at.RequestsProduced} cons {(int)at.RequestsConsumed} event {at.RequestEvent}\n"
                + $"rsp prod {at.ResponsesProduced} pvt {(int)at.ResponsesPrivate} event {at.ResponseEvent}\n");
        }
        byte[] file = new byte[TextOffset + text.Length];
        Encoding.ASCII.GetBytes(text.ToString(), file.AsSpan(TextOffset));
        BinaryPrimitives.WriteUInt64LittleEndian(file, Checksum(file.AsSpan(TextOffset)));
        return file;
    }

    /// <summary>CRC-32 as zlib computes it.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint rest = uint.MaxValue;
        foreach (byte value in bytes)
        {
            rest ^= value;
            for (int bit = 0; bit < 8; bit++)
                rest = (rest >> 1) ^ ((rest & 1) == 0 ? 0 : Polynomial);
        }
        return ~rest;
    }
}
