using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;
using static Tapvisor.RingDevices.XenBlkif.Wire.BlkifStatus;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>Barriers and flushes, in virtual time.</summary>
public sealed class OrderingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_barrier_waits_for_what_is_before_it_flushes_writes_and_flushes_and_what_is_behind_waits(int seed)
    {
        using var bed = new XenBed(seed);
        Blkfront front = bed.Connected();
        GuestPage[] pages = bed.Guest.NewPages(12);
        for (int i = 0; i < 5; i++)
            front.Write(i * 8, Whole(pages[i]));
        ulong barrier = front.Barrier(5 * 8, Whole(pages[5]));
        for (int i = 6; i < 10; i++)
            front.Write(i * 8, Whole(pages[i]));
        Dictionary<ulong, GuestResponse> answers = front.Complete();
        Assert.All(answers.Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
        Assert.Equal(BlkifOp.BLKIF_OP_WRITE_BARRIER, answers[barrier].Operation);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i).Skip(5).First(), answers.Keys.ElementAt(5));

        List<(BlockOperation Operation, long Offset)> log = [.. bed.Disk.Log.Select(entry => (entry.Operation, entry.Offset / 4096))];
        Assert.Equal([(BlockOperation.Flush, 0L), (BlockOperation.Write, 5L), (BlockOperation.Flush, 0L)], log[5..8]);
        Assert.All(log[..5], entry => Assert.InRange(entry.Offset, 0, 4));
        Assert.All(log[8..], entry => Assert.InRange(entry.Offset, 6, 9));
        bed.StopClean();
    }

    [Fact]
    public void A_barriers_data_is_stable_when_it_is_answered()
    {
        using var bed = new XenBed(4);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        page.Bytes.Fill(0xC3);
        front.Write(0, Whole(page));
        front.Barrier(8, Whole(page));
        front.Complete();
        Assert.True(bed.Content.Stable.AsSpan(0, 8192).IndexOfAnyExcept((byte)0xC3) < 0);
        bed.StopClean();
    }

    [Fact]
    public void A_barrier_without_data_is_a_flush_in_its_place()
    {
        using var bed = new XenBed(5);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        front.Write(0, Whole(page));
        front.Barrier(12345678901234);
        front.Write(8, Whole(page));
        Assert.All(front.Complete().Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
        Assert.Equal(
            [BlockOperation.Write, BlockOperation.Flush, BlockOperation.Write], bed.Disk.Log.Select(entry => entry.Operation));
        bed.StopClean();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_barrier_that_fails_in_any_of_its_steps_says_so(int step)
    {
        using var bed = new XenBed(6);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        int steps = 0;
        bed.Disk.Verdict = _ => steps++ == step ? -Errno.EIO : 0;
        ulong barrier = front.Barrier(8, Whole(page));
        ulong behind = front.Write(0, Whole(page));
        Dictionary<ulong, GuestResponse> answers = front.Complete();
        Assert.Equal(BLKIF_RSP_ERROR, answers[barrier].Status);
        Assert.Equal(BLKIF_RSP_OKAY, answers[behind].Status);
        bed.StopClean();
    }

    [Fact]
    public void Two_barriers_in_a_row_are_both_answered()
    {
        using var bed = new XenBed(7);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        for (int i = 0; i < 8; i++)
        {
            front.Barrier(i * 8, Whole(page));
            front.Barrier(0);
        }
        Assert.Equal(16, front.Complete().Count);
        Assert.Equal(3 * 8 + 8, bed.Disk.Log.Count);
        bed.StopClean();
    }

    [Fact]
    public void A_barrier_that_is_wrong_does_not_block_the_ring()
    {
        using var bed = new XenBed(8);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        ulong outside = front.Barrier(bed.Content.Bytes.Length / 512, Whole(page));
        ulong ungranted = front.Barrier(0, new BlkifSegment { Gref = 16000, LastSect = 7 });
        ulong torn = front.Barrier(0, new BlkifSegment { Gref = page.Gref, FirstSect = 5, LastSect = 4 });
        ulong fine = front.Read(0, Whole(page));
        Dictionary<ulong, GuestResponse> answers = front.Complete();
        Assert.All(new[] { outside, ungranted, torn }, id => Assert.Equal(BLKIF_RSP_ERROR, answers[id].Status));
        Assert.Equal(BLKIF_RSP_OKAY, answers[fine].Status);
        bed.StopClean();
    }

    [Fact]
    public void A_flush_with_data_flushes_and_then_writes()
    {
        using var bed = new XenBed(9);
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Put(BlkifOp.BLKIF_OP_FLUSH_DISKCACHE, 8, Whole(page))));
        Assert.Equal([BlockOperation.Flush, BlockOperation.Write], bed.Disk.Log.Select(entry => entry.Operation));
        bed.StopClean();
    }

    private static BlkifSegment Whole(GuestPage page) => new() { Gref = page.Gref, LastSect = 7 };
}
