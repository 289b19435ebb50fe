using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Tapvisor.Disks;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages;
using Tapvisor.Metrics;

namespace Tapvisor.Actors.Supervisor;

/// <summary>
/// The text of STATS: upstream's keys, order and spacing (tapdisk_vbd_stats), strings escaped as JSON wants, and at the end what
/// upstream does not have: restarts and their reason.
/// </summary>
internal static class StatisticsText
{
    // Stands for a type that no driver serves: upstream's table has no number for it.
    private const int NoDriver = -1;

    internal static string OfAll(IEnumerable<DiskEntry> entries) => $"[ {string.Join(", ", entries.Select(Of))} ]";

    internal static string Of(DiskEntry entry)
    {
        DiskStatistics counters = entry.Host.Statistics;
        DiskHistory history = entry.Host.History;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{{ \"name\": {Quote(entry.Record.Name ?? "(null)")}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"secs\": [ {counters.ReadSectors}, {counters.WrittenSectors} ], ");
        text.Append(CultureInfo.InvariantCulture, $"\"images\": [ {Images(entry.Record, counters)} ], ");
        foreach (IGrouping<(uint DomId, uint DevId), XenBlkifStatistics> guest in counters.Guests.GroupBy(ring => (ring.DomId, ring.DevId)))
            text.Append(Xenbus(guest));
        text.Append("\"FIXME_enospc_redirect_count\": 0, \"nbd_mirror_failed\": 0, ");
        text.Append(CultureInfo.InvariantCulture, $"\"reqs_outstanding\": {counters.Outstanding}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"read_caching\": \"{IsBuffered(entry.Record)}\", ");
        text.Append(CultureInfo.InvariantCulture, $"\"connections\": {counters.Connections}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"restarts\": {{ \"image\": {history.ImageRestarts}, \"tapdisk\": {history.TapdiskRestarts}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"replayed\": {counters.Replayed}, \"retried\": {counters.Retried}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"last_reason\": {(history.LastReason is { } reason ? Quote(reason) : "null")} }} }}");
        return text.ToString();
    }

    /// <summary>The object of td-stats.c, the rings of a device added up. Several guests repeat the key, as they do in upstream.</summary>
    private static string Xenbus(IGrouping<(uint DomId, uint DevId), XenBlkifStatistics> guest) => string.Create(
        CultureInfo.InvariantCulture,
        $"\"xenbus\": {{ \"pool\": \"td-xenio-default\", \"domid\": {guest.Key.DomId}, \"devid\": {guest.Key.DevId}, "
        + $"\"reqs\": [ {guest.Sum(ring => ring.Requests)}, {guest.Sum(ring => ring.Responses)} ], "
        + $"\"kicks\": [ {guest.Sum(ring => ring.KicksIn)}, {guest.Sum(ring => ring.KicksOut)} ], "
        + $"\"errors\": {{ \"msg\": 0, \"map\": {guest.Sum(ring => ring.Refused)}, \"vbd\": 0, "
        + $"\"img\": {guest.Sum(ring => ring.Failed)} }} }}, ");

    private static string Images(DiskRecord record, DiskStatistics counters)
    {
        if (record.Name is not { } name || record.Paused)
            return "";
        ImageName image = ImageName.Parse(name);
        IImageFormat? format = ImageFormats.Find(image.Type);

        // In upstream each driver writes its own status, and some write none.
        string status = format is { TellsRequests: false }
            ? "null"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{{ \"reqs\": {{ \"max\": {counters.MaximumActive}, \"pending\": {counters.Active} }} }}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{ \"name\": {Quote(image.Path)}, \"hits\": [ {counters.ReadSectors}, {counters.WrittenSectors} ], "
            + $"\"fail\": [ {counters.FailedReads}, {counters.FailedWrites} ], "
            + $"\"driver\": {{ \"type\": {format?.UpstreamNumber ?? NoDriver}, \"name\": {Quote(image.Type)}, "
            + $"\"status\": {status} }} }}");
    }

    private static string IsBuffered(DiskRecord record) =>
        record.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_NO_O_DIRECT) ? "true" : "false";

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
