using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;
using Tapvisor.Metrics;
using Tapvisor.RingDevices.XenBlkif;

namespace Tapvisor.Tests.Metrics;

public sealed class StatisticsPublisherTests : IDisposable
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersDirectory = OwnersFile | UnixFileMode.UserExecute;

    private readonly TemporaryDirectory _directory = new();
    private readonly AdjustableTime _time = new();
    private readonly int _pid = Environment.ProcessId;

    private string Own => _directory.At($"td3-{_pid}");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_open_image_has_a_page_and_a_paused_one_has_none()
    {
        using StatisticsPublisher publisher = New();
        var disk = new PublishedDisk { Minor = 7, IsOpen = true };
        using IDisposable added = publisher.Add(disk);
        publisher.Update();
        string file = Path.Combine(Own, "vdi-7");
        Assert.Equal(4096, new FileInfo(file).Length);
        Assert.Equal(OwnersFile, File.GetUnixFileMode(file));
        Assert.Equal(OwnersDirectory, File.GetUnixFileMode(Own));

        disk.IsOpen = false;
        publisher.Update();
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void An_images_page_follows_the_disks_counters()
    {
        using StatisticsPublisher publisher = New();
        var disk = new PublishedDisk { Minor = 7, IsOpen = true };
        using IDisposable added = publisher.Add(disk);
        publisher.Update();
        disk.Counters.Submitted[(int)BlockOperation.Read] = 3;
        disk.Counters.Completed[(int)BlockOperation.Read] = 2;
        disk.Counters.Bytes[(int)BlockOperation.Read] = 3 * 4096;
        disk.Counters.Nanoseconds[(int)BlockOperation.Read] = 5_000_999;
        disk.Counters.Failed[(int)BlockOperation.Flush] = 1;
        publisher.Update();
        byte[] page = File.ReadAllBytes(Path.Combine(Own, "vdi-7"));
        Assert.Equal([0, 0, 3, 2, 24, 5000, 0, 0, 0, 0, 1, 0], Words(page, 12));
    }

    [Fact]
    public void A_guests_device_has_its_files_while_it_is_connected()
    {
        using StatisticsPublisher publisher = New();
        var disk = new PublishedDisk { Rings = [Ring(5, 51712)] };
        using IDisposable added = publisher.Add(disk);
        publisher.Update();
        Assert.Equal(["io_ring", "statistics"], Names(_directory.At("vbd3-5-51712")));
        Assert.Equal(["vbd-5-51712"], Names(Own));
        Assert.Equal(4096, new FileInfo(Path.Combine(Own, "vbd-5-51712")).Length);
        Assert.Equal(4096, new FileInfo(_directory.At("vbd3-5-51712/statistics")).Length);
        Assert.StartsWith("nr_ents 32\n", Text("vbd3-5-51712"), StringComparison.Ordinal);

        disk.Rings = [];
        publisher.Update();
        Assert.Equal([$"td3-{_pid}"], Names(_directory.Path));
        Assert.Empty(Names(Own));
    }

    [Fact]
    public void A_devices_queues_are_summed()
    {
        using StatisticsPublisher publisher = New();
        XenBlkifStatistics first = Ring(5, 51712);
        XenBlkifStatistics second = Ring(5, 51712, queue: 1);
        using IDisposable added = publisher.Add(new PublishedDisk { Rings = [first, second] });
        foreach (XenBlkifStatistics ring in new[] { first, second })
        {
            ring.Writes.Submit();
            ring.Writes.Complete(sectors: 8, nanoseconds: 2000);
            ring.Flushes.Submit();
            ring.FailedOne();
        }
        second.Writes.Submit();
        second.Writes.Complete(sectors: 8, nanoseconds: 9000);
        publisher.Update();
        Assert.Equal([1, 0, 0, 0, 0, 0, 3, 3, 24, 13, 2, 0], Words(File.ReadAllBytes(Path.Combine(Own, "vbd-5-51712")), 12));
        byte[] backend = File.ReadAllBytes(_directory.At("vbd3-5-51712/statistics"));
        Assert.Equal([0, 2, 0, 0, 0, 0, 0, 0, 3, 3, 24, 13, 9, 0], Words(backend, 14));
        Assert.Equal(6, Text("vbd3-5-51712").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void The_text_is_renewed_every_five_seconds_and_truncated_to_fit()
    {
        using StatisticsPublisher publisher = New();
        XenBlkifStatistics ring = Ring(5, 51712);
        ring.Indices.RequestsProduced = 1_000_000;
        using IDisposable added = publisher.Add(new PublishedDisk { Rings = [ring] });
        publisher.Update();
        ring.Indices.RequestsProduced = 2;
        _time.Advance(TimeSpan.FromSeconds(DeviceStatisticsFiles.TextSeconds - 1));
        publisher.Update();
        Assert.Contains("req prod 1000000 ", Text("vbd3-5-51712"), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(1));
        publisher.Update();
        Assert.Equal("nr_ents 32\nreq prod 2 cons 0 event 0\nrsp prod 0 pvt 0 event 0\n", Text("vbd3-5-51712"));
    }

    [Fact]
    public void What_a_dead_process_left_goes()
    {
        using Process dead = Process.Start("true");
        dead.WaitForExit();
        Directory.CreateDirectory(_directory.At($"td3-{dead.Id}"));
        File.WriteAllText(_directory.At($"td3-{dead.Id}/vbd-5-51712"), "");
        Directory.CreateDirectory(_directory.At("vbd3-5-51712"));
        File.WriteAllText(_directory.At("vbd3-5-51712/statistics"), "");
        using StatisticsPublisher publisher = New();
        publisher.Update();
        Assert.Equal([$"td3-{_pid}"], Names(_directory.Path));
    }

    [Fact]
    public void What_a_living_process_or_nobody_known_serves_stays()
    {
        Directory.CreateDirectory(_directory.At("td3-1"));
        Directory.CreateDirectory(_directory.At("vbd3-9-51712"));
        Directory.CreateDirectory(_directory.At("td3-other"));
        using (StatisticsPublisher publisher = New())
            publisher.Update();
        Assert.Equal(["td3-1", "td3-other", "vbd3-9-51712"], Names(_directory.Path));
    }

    [Fact]
    public void Stale_files_of_a_device_and_of_this_pid_are_replaced()
    {
        Directory.CreateDirectory(_directory.At("vbd3-5-51712"));
        File.WriteAllText(_directory.At("vbd3-5-51712/statistics"), "stale");
        Directory.CreateDirectory(Own);
        File.WriteAllText(Path.Combine(Own, "vbd-5-51712"), "stale");
        using StatisticsPublisher publisher = New();
        using IDisposable added = publisher.Add(new PublishedDisk { Rings = [Ring(5, 51712)] });
        publisher.Update();
        Assert.Equal(4096, new FileInfo(_directory.At("vbd3-5-51712/statistics")).Length);
        Assert.Equal(4096, new FileInfo(Path.Combine(Own, "vbd-5-51712")).Length);
    }

    [Fact]
    public void A_file_that_cannot_be_made_costs_the_other_disks_nothing()
    {
        using StatisticsPublisher publisher = New();
        File.WriteAllText(_directory.At("vbd3-5-51712"), "in the way");
        using IDisposable first = publisher.Add(new PublishedDisk { Rings = [Ring(5, 51712)] });
        using IDisposable second = publisher.Add(new PublishedDisk { Minor = 1, IsOpen = true, Rings = [Ring(6, 51712)] });
        Assert.Throws<AggregateException>(publisher.Update);
        Assert.Equal(["vbd-6-51712", "vdi-1"], Names(Own));
        File.Delete(_directory.At("vbd3-5-51712"));
        publisher.Update();
        Assert.True(File.Exists(_directory.At("vbd3-5-51712/statistics")));
    }

    [Fact]
    public void A_disk_that_is_removed_takes_its_files_along_even_tidied_ones()
    {
        using StatisticsPublisher publisher = New();
        IDisposable added = publisher.Add(new PublishedDisk { IsOpen = true, Rings = [Ring(5, 51712)] });
        publisher.Update();
        Directory.Delete(_directory.At("vbd3-5-51712"), recursive: true);
        added.Dispose();
        Assert.Empty(Names(Own));
    }

    [Fact]
    public void The_end_leaves_nothing()
    {
        StatisticsPublisher publisher = New();
        publisher.Add(new PublishedDisk { IsOpen = true, Rings = [Ring(5, 51712)] });
        publisher.Update();
        publisher.Dispose();
        Assert.Empty(Names(_directory.Path));
    }

    private static XenBlkifStatistics Ring(uint domId, uint devId, int queue = 0) => new(domId, devId, queue, entries: 32);

    private static long[] Words(byte[] page, int count) =>
        [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(i * 8)))];

    private static string[] Names(string directory) =>
        [.. Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private string Text(string device) => Encoding.ASCII.GetString(File.ReadAllBytes(_directory.At($"{device}/io_ring")).AsSpan(8));

    private StatisticsPublisher New() => new(_directory.Path, _pid, _time);

    private sealed class AdjustableTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        internal void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
