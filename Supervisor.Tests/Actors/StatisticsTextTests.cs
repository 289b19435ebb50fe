using System.Text.Json;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Metrics;

namespace Tapvisor.Tests.Actors;

public sealed class StatisticsTextTests
{
    private static readonly DiskRecord s_open = new() { Minor = 0, Name = "aio:/srv/a.raw", Sectors = 2048, SectorSize = 512 };

    [Fact]
    public void An_open_disk_has_upstreams_keys_in_upstreams_order_and_spacing()
    {
        string text = StatisticsText.Of(Entry(s_open, new DiskStatistics(8, 16, 1, 2, 3, 3, 256, 0, 0, 1, [])));
        const string Expected =
            "{ 'name': 'aio:/srv/a.raw', 'secs': [ 8, 16 ], "
            + "'images': [ { 'name': '/srv/a.raw', 'hits': [ 8, 16 ], 'fail': [ 1, 2 ], "
            + "'driver': { 'type': 0, 'name': 'aio', 'status': { 'reqs': { 'max': 256, 'pending': 3 } } } } ], "
            + "'FIXME_enospc_redirect_count': 0, 'nbd_mirror_failed': 0, 'reqs_outstanding': 3, 'read_caching': 'false', ";
        Assert.StartsWith(Expected.Replace('\'', '"'), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vhd:/srv/a.vhd", 4, "null")]
    [InlineData("nbd:/run/a.sock", 15, "{ 'reqs': { 'max': 256, 'pending': 3 } }")]
    public void A_driver_has_upstreams_number_and_tells_what_upstreams_tells(string name, int number, string status)
    {
        string text = StatisticsText.Of(Entry(s_open with { Name = name }, new DiskStatistics(8, 16, 1, 2, 3, 3, 256, 0, 0, 1, [])));
        string expected = $"'driver': {{ 'type': {number}, 'name': '{name[..3]}', 'status': {status} }}";
        Assert.Contains(expected.Replace('\'', '"'), text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_without_image_has_upstreams_name_and_no_images()
    {
        string text = StatisticsText.Of(Entry(new DiskRecord { Minor = 0 }));
        Assert.StartsWith("""{ "name": "(null)", "secs": [ 0, 0 ], "images": [  ], """, text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_paused_disk_has_a_name_and_no_images()
    {
        Assert.Contains("\"images\": [  ]", StatisticsText.Of(Entry(s_open with { Paused = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_buffered_disk_says_read_caching()
    {
        DiskEntry entry = Entry(s_open with { Flags = TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_NO_O_DIRECT });
        Assert.Contains("\"read_caching\": \"true\"", StatisticsText.Of(entry), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_reasons_are_escaped()
    {
        DiskEntry entry = Entry(s_open with { Name = "aio:/srv/a\"\n\\b.raw" });
        entry.Host.History.ImageRestarted("it said \"no\"");
        using JsonDocument json = JsonDocument.Parse(StatisticsText.Of(entry));
        Assert.Equal("aio:/srv/a\"\n\\b.raw", json.RootElement.GetProperty("name").GetString());
        Assert.Equal("it said \"no\"", json.RootElement.GetProperty("restarts").GetProperty("last_reason").GetString());
    }

    [Fact]
    public void All_disks_are_one_array()
    {
        using JsonDocument json = JsonDocument.Parse(StatisticsText.OfAll([Entry(s_open), Entry(s_open)]));
        Assert.Equal(2, json.RootElement.GetArrayLength());
    }

    private static DiskEntry Entry(DiskRecord record, DiskStatistics? statistics = null)
    {
        var host = new FakeDiskHost();
        host.Statistics = statistics ?? host.Statistics;
        return new DiskEntry(record, host, new MemoryStream());
    }
}
