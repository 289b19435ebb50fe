using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;
using Tapvisor.Metrics;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;
using static Tapvisor.RingDevices.XenBlkif.Wire.BlkifStatus;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>Limits: memory, copies that fail for a moment, events, disconnects.</summary>
public sealed class PressureTests
{
    [Fact]
    public void More_large_requests_than_there_is_memory_for_wait_for_it()
    {
        using var bed = new XenBed(1, limits: new RequestQueueOptions { BufferBytes = 1 << 20 });
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        for (int i = 0; i < 20; i++)
        {
            GuestPage list = bed.Guest.NewPage();
            front.Indirect(BlkifOp.BLKIF_OP_READ, 0, list, [.. Enumerable.Repeat(Whole(page), 256)]);
        }
        front.Push();
        int most = 0;
        Action pump = front.Pump;
        front.Pump = () =>
        {
            pump();
            most = Math.Max(most, bed.Disk.Active);
        };
        Assert.All(front.Wait(20).Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
        Assert.InRange(most, 1, 1);
        bed.StopClean();
    }

    [Fact]
    public void Each_ring_goes_on_when_another_holds_all_the_memory()
    {
        using var bed = new XenBed(2, limits: new RequestQueueOptions { BufferBytes = 1 << 20 });
        Blkfront greedy = bed.Connected();
        Blkfront modest = bed.NewFrontend();
        bed.Connect(bed.Offer([modest], devId: 768));
        GuestPage page = bed.Guest.NewPage();
        bed.Disk.Hangs = operation => operation == BlockOperation.Write;
        greedy.Indirect(BlkifOp.BLKIF_OP_WRITE, 0, bed.Guest.NewPage(), [.. Enumerable.Repeat(Whole(page), 256)]);
        greedy.Push();
        bed.Pump();
        for (int i = 0; i < 8; i++)
            modest.Read(i, Whole(page));
        Assert.All(modest.Complete().Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
    }

    [Fact]
    public void A_copy_that_must_be_tried_again_is()
    {
        using var bed = new XenBed(3);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        page.Bytes.Fill(7);
        Queue<short> faults = ((LoopbackGuest)bed.Guest).Backend!.Faults;
        for (int i = 0; i < 3; i++)
            faults.Enqueue(GrantStatus.GNTST_eagain);
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Write(0, Whole(page))));
        Assert.Empty(faults);
        Assert.True(bed.Content.Bytes.AsSpan(0, 4096).IndexOfAnyExcept((byte)7) < 0);
        bed.StopClean();
    }

    [Fact]
    public void A_copy_that_never_works_ends_with_an_error()
    {
        using var bed = new XenBed(4);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        Queue<short> faults = ((LoopbackGuest)bed.Guest).Backend!.Faults;
        for (int i = 0; i < 100; i++)
            faults.Enqueue(GrantStatus.GNTST_eagain);
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Write(0, Whole(page))));
        Assert.InRange(faults.Count, 50, 99);
        faults.Clear();
        bed.StopClean();
    }

    [Fact]
    public void Events_without_requests_are_heard_at_a_bounded_rate_and_requests_all_the_same()
    {
        using var bed = new XenBed(5);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        XenBlkifStatistics counters = bed.Device.Statistics[0];
        long before = 0;
        for (int i = 0; i < 2000; i++)
        {
            if (i == 1000)
                before = counters.KicksIn;
            front.Kick();
            bed.Pump();
        }

        // 2000 pumps of 50 µs are 100 ms; the second half of them may bring one event a millisecond.
        Assert.InRange(counters.KicksIn - before, 1, 60);
        Assert.Single(bed.Log.Complaints);
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
        bed.StopClean();
    }

    [Fact]
    public void A_guest_that_asks_for_fewer_notifications_gets_fewer()
    {
        using var bed = new XenBed(6);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        XenBlkifStatistics counters = bed.Device.Statistics[0];
        long before = counters.KicksOut;
        for (int i = 0; i < 16; i++)
            front.Read(i, Whole(page));
        front.ResponseEvent = 16;
        front.Push();
        while (front.ResponsesProduced < 16)
        {
            Assert.Equal(before, counters.KicksOut);
            bed.Pump();
        }
        front.Wait(16);
        Assert.Equal(before + 1, counters.KicksOut);
        bed.StopClean();
    }

    [Fact]
    public void Disconnecting_waits_for_what_is_at_the_image_and_nothing_is_written_afterwards()
    {
        using var bed = new XenBed(7);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        for (int i = 0; i < front.Size; i++)
            front.Write(i * 8, Whole(page));
        front.Push();
        bed.Pump();
        Assert.True(bed.Disconnect());
        Assert.Equal(0, bed.Disk.Active);
        int written = bed.Disk.Log.Count;
        bed.Simulated!.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(written, bed.Disk.Log.Count);
        bed.StopClean();
    }

    [Fact]
    public void Disconnecting_from_a_paused_disk_does_not_wait_for_its_image()
    {
        using var bed = new XenBed(8);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        bed.Run(bed.Queue.QuiesceAsync);
        for (int i = 0; i < front.Size; i++)
            front.Write(i * 8, Whole(page));
        front.Push();
        bed.Pump();
        Assert.Equal(front.Size, bed.Queue.Waiting);
        Assert.True(bed.Disconnect());
        Assert.Equal(0, bed.Queue.Waiting);
        bed.On(() => bed.Open());
        bed.Simulated!.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(bed.Disk.Log);
        bed.StopClean();
    }

    [Fact]
    public void Disconnecting_from_a_hung_image_has_it_restarted_and_no_old_write_lands()
    {
        using var bed = new XenBed(9, new XenBlkifOptions { DrainTimeout = TimeSpan.FromSeconds(5) });
        int faults = 0;
        bed.Queue.Faulted += _ =>
        {
            faults++;
            bed.Open();
        };
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        bed.Disk.Hangs = _ => true;
        ModelDisk hung = bed.Disk;
        front.Write(0, Whole(page));
        front.Push();
        bed.Pump();
        Assert.Equal(1, hung.Active);
        byte[] before = [.. bed.Content.Bytes];
        Assert.True(bed.Disconnect());
        Assert.Equal((1, 0), (faults, hung.Active));
        bed.Simulated!.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(before, bed.Content.Bytes);
        Assert.Empty(bed.Disk.Log);
        bed.StopClean();
    }

    [Fact]
    public void Two_who_disconnect_one_device_both_wait_for_its_end()
    {
        using var bed = new XenBed(10);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        front.Write(0, Whole(page));
        front.Push();
        bed.Pump();
        Task<bool> first = bed.Engine.RunAsync(() => bed.Device.DisconnectAsync(bed.Guest.DomId, XenBed.DevId));
        Task<bool> second = bed.Engine.RunAsync(() => bed.Device.DisconnectAsync(bed.Guest.DomId, XenBed.DevId));
        bed.Simulated!.RunUntil(() => first.IsCompleted && second.IsCompleted);
        Assert.Equal(0, bed.Disk.Active);
        bed.StopClean();
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(101u, false)]
    public void Polling_needs_no_events_while_the_processors_have_time_for_it(uint threshold, bool polls)
    {
        using var bed = new XenBed(11);
        Blkfront front = bed.NewFrontend();
        bed.Connect(bed.Offer([front], poll: 8000, threshold: threshold));
        GuestPage page = bed.Guest.NewPage();
        for (int i = 0; i < 50; i++)
        {
            front.Read(i, Whole(page));
            front.Complete();
        }
        Assert.InRange(front.Kicks, polls ? 0 : 50, polls ? 2 : 50);

        // When nothing comes for 8 ms the guest is to tell again.
        bed.Simulated!.Advance(TimeSpan.FromMilliseconds(20));
        int before = front.Kicks;
        front.Read(0, Whole(page));
        front.Complete();
        Assert.Equal(before + 1, front.Kicks);
        bed.StopClean();
    }

    private static BlkifSegment Whole(GuestPage page) => new() { Gref = page.Gref, LastSect = 7 };
}
