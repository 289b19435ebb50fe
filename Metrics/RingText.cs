using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Tapvisor.Metrics;

/// <summary>
/// vbd3-&lt;domid&gt;-&lt;devid&gt;/io_ring: the CRC-32 of a text, as u64, and the text, three lines for each ring of the device (upstream
/// drivers/td-blkif.c:tapdisk_xenblkif_ring_stats_update).
/// </summary>
internal static class RingText
{
    private const int TextOffset = 8;

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

        // Of zlib's polynomial, which is this package's.
        BinaryPrimitives.WriteUInt64LittleEndian(file, Crc32.HashToUInt32(file.AsSpan(TextOffset)));
        return file;
    }
}
