using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;
using Tapvisor.Tests.Supervisor.Configuration;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>What settings make of a guest's ring.</summary>
public sealed class XenBlkifSettingTests
{
    [Fact]
    [Setting("tapvisor.xen.drain-timeout")]
    public void A_guest_that_disconnects_from_a_hung_image_waits_for_the_time_that_is_set()
    {
        using var bed = new XenBed(1, OptionsOf("tapvisor.xen.drain-timeout = 2s"));
        int faults = 0;
        bed.Queue.Faulted += _ => faults++;
        Blkfront front = bed.Connected();
        bed.Disk.Hangs = _ => true;
        front.Write(0, Whole(bed.Guest.NewPage()));
        front.Push();
        bed.Pump();
        Task<bool> disconnect = bed.Simulated!.RunAsync(() => bed.Device.DisconnectAsync(bed.Guest.DomId, XenBed.DevId));
        bed.Simulated.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, faults);
        bed.Simulated.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, faults);
        bed.On(() => bed.Open());
        bed.Simulated.RunUntil(() => disconnect.IsCompleted);
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    [Setting("tapvisor.xen.persistent-grants")]
    public void Pages_stay_mapped_where_that_is_set(string value)
    {
        bool keeps = value == "on";
        using var bed = new XenBed(1, OptionsOf($"tapvisor.xen.persistent-grants = {value}"));
        Blkfront front = bed.NewFrontend();
        Assert.Equal(keeps, bed.Connect(bed.Offer([front], keeps: true)).KeepsGrants);
        GuestPage page = bed.Guest.NewPage();
        Assert.Equal(BlkifStatus.BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
        Assert.Equal(keeps, ((LoopbackGuest)bed.Guest).IsMapped(page));
    }

    [Theory]
    [InlineData("1MiB", 1)]
    [InlineData("3MiB", 3)]
    [Setting("tapvisor.disk.buffers")]
    public void A_disk_has_as_many_large_requests_at_its_image_as_its_memory_is_set_to_hold(string buffers, int expected)
    {
        using var bed = new XenBed(1, limits: TestSettings.Of($"tapvisor.disk.buffers = {buffers}").Queue);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        bed.Disk.Hangs = _ => true;
        for (int i = 0; i < 8; i++)
            front.Indirect(BlkifOp.BLKIF_OP_READ, 0, bed.Guest.NewPage(), [.. Enumerable.Repeat(Whole(page), BlkifLimits.MaxIndirectSegments)]);
        front.Push();
        for (int i = 0; i < 8; i++)
            bed.Pump();
        Assert.Equal(expected, bed.Disk.Active);
    }

    private static XenBlkifOptions OptionsOf(string hocon) => TestSettings.Of(hocon).XenBlkif;

    private static BlkifSegment Whole(GuestPage page) => new() { Gref = page.Gref, LastSect = 7 };
}
