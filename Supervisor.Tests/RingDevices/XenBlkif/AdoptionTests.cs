using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;
using static Tapvisor.RingDevices.XenBlkif.Wire.BlkifStatus;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>Rings that change hands in good order, and shadows that are not what they should be.</summary>
public sealed class AdoptionTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly LoopbackGuest _guest = new();

    private XenBlkifOptions Options => new() { ShadowDirectory = _files.Path };

    private string Shadow => Assert.Single(Directory.EnumerateFiles(_files.Path, "vbd-*", SearchOption.AllDirectories));

    public void Dispose()
    {
        _guest.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void A_graceful_end_leaves_nothing_unanswered_and_the_next_process_goes_on()
    {
        using var first = new XenBed(1, Options, guest: _guest);
        Blkfront front = first.Connected();
        GuestPage page = _guest.NewPages(1)[0];
        for (int i = 0; i < front.Size; i++)
            front.Write(i * 8, Whole(page));
        front.Push();
        first.Pump();
        first.Run(() => first.Device.ReleaseAsync(handOver: true, force: false));
        Assert.Equal(front.Size, front.Reap().Count);
        front.Read(0, Whole(page));
        front.Push();

        using var second = new XenBed(2, Options, guest: _guest, content: first.Content);
        front.Pump = second.Pump;
        Assert.Single(second.Device.Statistics);
        Assert.Equal(BLKIF_RSP_OKAY, Assert.Single(front.Wait(1).Values).Status);
        second.StopClean();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_files.Path));
    }

    [Fact]
    public void What_waits_for_a_paused_image_at_the_end_is_done_by_the_next_process()
    {
        using var first = new XenBed(1, Options, guest: _guest);
        Blkfront front = first.Connected();
        GuestPage page = _guest.NewPages(1)[0];
        page.Bytes.Fill(0x42);
        first.Run(first.Queue.QuiesceAsync);
        front.Write(0, Whole(page));
        front.Barrier(8, Whole(page));
        front.Push();
        first.Pump();
        first.Run(() => first.Device.ReleaseAsync(handOver: true, force: false));
        Assert.Empty(front.Reap());

        using var second = new XenBed(2, Options, guest: _guest, content: first.Content);
        front.Pump = second.Pump;
        Assert.All(front.Wait(2).Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
        Assert.True(first.Content.Bytes.AsSpan(0, 8192).IndexOfAnyExcept((byte)0x42) < 0);
        second.StopClean();
    }

    [Fact]
    public void While_the_old_process_serves_the_ring_nobody_can_take_it_over()
    {
        using var first = new XenBed(1, Options, guest: _guest);
        Blkfront front = first.Connected();
        byte[] before = File.ReadAllBytes(Shadow);
        using var second = new XenBed(2, Options, guest: _guest, content: first.Content);
        Assert.Empty(second.Device.Statistics);
        Assert.Contains(second.Log.Complaints, line => line.Contains("event channel", StringComparison.Ordinal));
        Assert.Equal(before, File.ReadAllBytes(Shadow));
        GuestPage page = _guest.NewPages(1)[0];
        front.Pump = first.Pump;
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
        first.StopClean();
    }

    [Fact]
    public void Adopting_what_this_process_serves_changes_nothing()
    {
        using var bed = new XenBed(1, Options, guest: _guest);
        Blkfront front = bed.NewFrontend();
        var features = bed.Connect(front);
        Assert.Equal(features, bed.Connect(bed.Offer([front]), adopt: true));
        Assert.Single(bed.Device.Statistics);
        Assert.Equal(Errno.EALREADY, Assert.Throws<BlockException>(() => bed.Connect(bed.Offer([bed.NewFrontend()]), adopt: true)).Errno);
        bed.StopClean();
    }

    [Fact]
    public void A_disk_opened_anew_does_not_take_over_what_another_disk_left()
    {
        Abandon(out Blkfront front, requests: 1);
        using var next = new XenBed(2, Options with { ShadowDirectory = "" }, guest: _guest);
        var device = next.On(() => new XenBlkifRingDevice(next.Queue, 3, next.Gateways, Options, next.Log));
        next.Run(() => device.StartAsync(takeOver: false));
        Assert.Empty(device.Statistics);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_files.Path));
        Assert.Empty(front.Reap());
    }

    [Fact]
    public void Without_a_shadow_an_idle_ring_is_served_and_a_busy_one_is_not()
    {
        Abandon(out Blkfront front, requests: 0);
        File.Delete(Shadow);
        using var second = new XenBed(2, Options, guest: _guest);
        Assert.Empty(second.Device.Statistics);
        second.Connect(second.Offer([front]), adopt: true);
        front.Pump = second.Pump;
        GuestPage page = _guest.NewPages(1)[0];
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
        second.Disconnect();

        front.Read(0, Whole(page));
        front.Push();
        BlockException error = Assert.Throws<BlockException>(() => second.Connect(second.Offer([front]), adopt: true));
        Assert.Equal(Errno.EUCLEAN, error.Errno);
        Assert.Contains("the guest waits for 1 requests", error.Message, StringComparison.Ordinal);
        second.StopClean();
    }

    [Theory]
    [InlineData("another port")]
    [InlineData("another grant")]
    [InlineData("another protocol")]
    [InlineData("shorter")]
    [InlineData("counts more")]
    [InlineData("counts less")]
    [InlineData("record twice")]
    [InlineData("unknown state")]
    [InlineData("behind a barrier")]
    [InlineData("guest claims too much")]
    public void A_shadow_that_does_not_fit_is_refused_with_a_sentence(string damage)
    {
        Abandon(out Blkfront front, requests: 3);
        string path = Shadow;
        byte[] bytes = File.ReadAllBytes(path);
        const int Records = 256;
        switch (damage)
        {
            case "another port":
                bytes[24]++;
                break;
            case "another grant":
                bytes[32]++;
                break;
            case "another protocol":
                bytes[20] = 1;
                break;
            case "shorter":
                bytes = bytes[..^1];
                break;
            case "counts more":
                bytes[ShadowIdentity.Size]++;
                break;
            case "counts less":
                bytes[ShadowIdentity.Size] -= 2;
                break;
            case "record twice":
                bytes.AsSpan(Records, 128).CopyTo(bytes.AsSpan(Records + 128));
                break;
            case "unknown state":
                bytes[Records] = 4;
                break;
            case "behind a barrier":
                bytes[Records + 16] = (byte)BlkifOp.BLKIF_OP_WRITE_BARRIER;
                break;
            default:
                front.RequestsProduced += 1000;
                break;
        }
        File.Delete(path);
        using var second = new XenBed(2, Options, guest: _guest);
        File.WriteAllBytes(path, bytes);
        BlockException error = Assert.Throws<BlockException>(() => second.Connect(second.Offer([front]), adopt: true));
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.EUCLEAN, error.Errno);
        Assert.Empty(second.Disk.Log);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        second.StopClean();
    }

    [Fact]
    public void Shadows_of_any_bytes_are_survived()
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            using var files = new TemporaryDirectory();
            using var guest = new LoopbackGuest();
            XenBlkifOptions options = new() { ShadowDirectory = files.Path };
            Blkfront front = Abandon(guest, options, random.Next(6));
            string path = Assert.Single(Directory.EnumerateFiles(files.Path, "vbd-*", SearchOption.AllDirectories));
            byte[] bytes = File.ReadAllBytes(path);
            for (int i = random.Next(1, 40); i > 0; i--)
                bytes[random.Next(2) == 0 ? random.Next(bytes.Length) : 192 + random.Next(300)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bytes);
            using var second = new XenBed(seed, options, guest: guest);
            Assert.DoesNotContain(second.Log.Lines, line => line.Contains("internal error", StringComparison.Ordinal));
            for (int i = 0; i < 200; i++)
                second.Pump();
            second.StopClean();
        }
    }

    private static BlkifSegment Whole(GuestPage page) => new() { Gref = page.Gref, LastSect = 7 };

    private void Abandon(out Blkfront front, int requests) => front = Abandon(_guest, Options, requests);

    /// <summary>A process that dies with so many requests consumed, none of them answered.</summary>
    private static Blkfront Abandon(LoopbackGuest guest, XenBlkifOptions options, int requests)
    {
        using var first = new XenBed(1, options, guest: guest);
        Blkfront front = first.NewFrontend();
        first.Connect(front);
        first.Disk.Hangs = _ => true;
        GuestPage page = guest.NewPages(1)[0];
        for (int i = 0; i < requests; i++)
            front.Write(i * 8, Whole(page));
        front.Push();
        first.Pump();
        Assert.Equal(requests, first.Disk.Active);
        first.Simulated!.Kill();
        guest.Backend!.Dispose();
        return front;
    }
}
