using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;
using static Tapvisor.RingDevices.XenBlkif.Wire.BlkifStatus;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>Persistent grants: pages that stay mapped, and when they do not.</summary>
public sealed class KeptGrantsTests
{
    [Fact]
    public void Pages_are_mapped_by_the_time_of_the_answer_and_copied_by_grant_no_more()
    {
        using var bed = new XenBed(1);
        Blkfront front = Connected(bed);
        LoopbackGuest guest = GuestOf(bed);
        GuestPage[] pages = guest.NewPages(32);
        GuestPage list = guest.NewPages(1)[0];
        long copies = guest.Backend!.Copies;
        for (int round = 1; round < 4; round++)
        {
            Fill(pages, round);
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Indirect(BlkifOp.BLKIF_OP_WRITE, 64, list, Whole(pages))));
            Assert.All([.. pages, list], page => Assert.True(guest.IsMapped(page)));
            Fill(pages, 0);
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Indirect(BlkifOp.BLKIF_OP_READ, 64, list, Whole(pages))));
            AssertFilled(pages, round);
        }
        Assert.Equal(copies, guest.Backend.Copies);
        Assert.Equal(2, guest.Backend.Mappings - 1);
        bed.StopClean();
        Assert.All([.. pages, list], page => Assert.False(guest.IsMapped(page)));
    }

    [Fact]
    public void A_part_of_a_page_goes_where_it_belongs()
    {
        using var bed = new XenBed();
        Blkfront front = Connected(bed);
        GuestPage page = bed.Guest.NewPage();
        for (int round = 0; round < 2; round++)
        {
            page.Bytes.Clear();
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(5, new BlkifSegment { Gref = page.Gref, FirstSect = 3, LastSect = 4 })));
            Assert.Equal(bed.Content.Bytes.AsSpan(5 * 512, 1024), page.Bytes.Slice(3 * 512, 1024));
            Assert.True(page.Bytes[..(3 * 512)].IndexOfAnyExcept((byte)0) < 0);
            Assert.True(page.Bytes[(5 * 512)..].IndexOfAnyExcept((byte)0) < 0);
            page.Bytes[512..1024].Fill((byte)(round + 1));
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Write(9, new BlkifSegment { Gref = page.Gref, FirstSect = 1, LastSect = 1 })));
            Assert.True(bed.Content.Bytes.AsSpan(9 * 512, 512).IndexOfAnyExcept((byte)(round + 1)) < 0);
        }
        bed.StopClean();
    }

    [Theory]
    [InlineData(false, true, 0)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 1)]
    public void Nothing_stays_mapped_where_one_side_does_not_want_it_or_rings_are_large(bool guestWants, bool serviceWants, int order)
    {
        using var bed = new XenBed(2, new XenBlkifOptions { KeepsGrants = serviceWants });
        Blkfront front = bed.NewFrontend(order: order);
        Assert.False(Connect(bed, front, guestWants));
        GuestPage page = bed.Guest.NewPage();
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Write(0, Whole(page))));
        Assert.False(GuestOf(bed).IsMapped(page));
        bed.StopClean();
    }

    [Fact]
    public void A_guest_whose_grants_cannot_be_mapped_is_copied_for_and_it_is_said_once()
    {
        using var bed = new XenBed(3);
        Blkfront front = Connected(bed);
        GuestPage readable = bed.Guest.NewPages(1, writable: false)[0];
        GuestPage writable = bed.Guest.NewPage();
        readable.Bytes.Fill(7);
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Write(0, Whole(readable))));
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(writable))));
        }
        Assert.True(writable.Bytes.IndexOfAnyExcept((byte)7) < 0);
        Assert.False(GuestOf(bed).IsMapped(writable));
        Assert.Single(bed.Log.Lines, line => line.Contains("do not stay mapped", StringComparison.Ordinal));
        bed.StopClean();
    }

    [Fact]
    public void A_grant_that_is_none_is_its_own_requests_error()
    {
        using var bed = new XenBed(4);
        Blkfront front = Connected(bed);
        GuestPage page = bed.Guest.NewPage();
        ulong wrong = front.Read(0, Whole(page), new BlkifSegment { Gref = 16000, LastSect = 7 });
        ulong right = front.Read(8, Whole(bed.Guest.NewPage()));
        Dictionary<ulong, GuestResponse> answers = front.Complete();
        Assert.Equal((BLKIF_RSP_ERROR, BLKIF_RSP_OKAY), (answers[wrong].Status, answers[right].Status));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
        bed.StopClean();
    }

    [Fact]
    public void What_does_not_fit_is_copied()
    {
        using var bed = new XenBed(5);
        Blkfront front = Connected(bed);
        LoopbackGuest guest = GuestOf(bed);
        GuestPage list = guest.NewPages(1)[0];
        GuestPage[] pages = guest.NewPages(BlkifLimits.MaxKeptGrants + 100);
        foreach (GuestPage[] some in pages.Chunk(256))
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Indirect(BlkifOp.BLKIF_OP_READ, 0, list, Whole(some))));
        foreach (GuestPage[] some in pages.Chunk(256))
            Assert.True(some[^1].Bytes.SequenceEqual(OnDisk(bed, 8 * (some.Length - 1))));
        Assert.Equal(BlkifLimits.MaxKeptGrants - 1, pages.Count(guest.IsMapped));
        bed.StopClean();
    }

    [Fact]
    public void Pages_that_nobody_has_used_for_long_are_given_back_and_mapped_again_when_needed()
    {
        using var bed = new XenBed(6);
        Blkfront front = Connected(bed);
        LoopbackGuest guest = GuestOf(bed);
        GuestPage busy = guest.NewPages(1)[0];
        GuestPage idle = guest.NewPages(1)[0];
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(busy))));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(idle))));
        for (int seconds = 0; seconds < 130; seconds += 10)
        {
            bed.Simulated!.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(busy))));
        }
        Assert.Equal((true, false), (guest.IsMapped(busy), guest.IsMapped(idle)));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(idle))));
        Assert.True(guest.IsMapped(idle));
        bed.Simulated!.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal((false, false), (guest.IsMapped(busy), guest.IsMapped(idle)));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(busy))));
        Assert.True(guest.IsMapped(busy));
        bed.StopClean();
    }

    /// <summary>As Linux's blkfront: what is mapped at the answer is used again, what is not is taken back and granted anew.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void A_guest_that_takes_back_what_is_not_mapped_sees_no_error_and_no_wrong_byte(int seed)
    {
        using var bed = new XenBed(seed);
        var random = new Random(seed);
        Blkfront front = Connected(bed);
        LoopbackGuest guest = GuestOf(bed);
        var free = new Stack<GuestPage>(guest.NewPages(1500));
        var ended = new Stack<GuestPage>();
        for (int round = 0; round < 60; round++)
        {
            var inFlight = new Dictionary<ulong, (long Sector, GuestPage List, GuestPage[] Pages)>();
            for (int i = random.Next(1, 20); i > 0 && free.Count > 80; i--)
            {
                GuestPage list = free.Pop();
                GuestPage[] pages = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => free.Pop())];
                long sector = random.Next(4096);
                inFlight.Add(front.Indirect(BlkifOp.BLKIF_OP_READ, sector, list, Whole(pages)), (sector, list, pages));
            }
            foreach ((ulong id, GuestResponse answer) in front.Complete())
            {
                Assert.Equal(BLKIF_RSP_OKAY, answer.Status);
                (long sector, GuestPage list, GuestPage[] pages) = inFlight[id];
                Assert.True(pages.Index().All(page => page.Item.Bytes.SequenceEqual(OnDisk(bed, sector + (8 * page.Index)))));
                foreach (GuestPage page in pages.Append(list).Where(guest.IsMapped))
                    free.Push(page);
                foreach (GuestPage page in pages.Append(list).Where(page => !guest.IsMapped(page)))
                {
                    guest.EndAccess(page);
                    ended.Push(page);
                }
            }
            bed.Pump();
            while (ended.TryPop(out GuestPage? page))
                free.Push(guest.Grant(page));
            if (random.Next(4) == 0)
                bed.Simulated!.Advance(TimeSpan.FromSeconds(random.Next(1, 150)));
        }
        Assert.DoesNotContain(bed.Log.Lines, line => line.Contains("do not stay mapped", StringComparison.Ordinal));
        bed.StopClean();
    }

    [Fact]
    public void A_barrier_waits_for_what_is_being_mapped()
    {
        using var bed = new XenBed(7);
        Blkfront front = Connected(bed);
        GuestPage[] pages = bed.Guest.NewPages(3);
        Fill(pages, 5);
        front.Write(0, Whole(pages[0]));
        front.Barrier(8, Whole(pages[1]));
        front.Write(16, Whole(pages[2]));
        Assert.All(front.Complete().Values, answer => Assert.Equal(BLKIF_RSP_OKAY, answer.Status));
        Assert.True(bed.Content.Bytes.AsSpan(0, 3 * GuestPage.Size).IndexOfAnyExcept((byte)5) < 0);
        bed.StopClean();
    }

    [Fact]
    public void A_device_that_goes_while_pages_are_being_mapped_leaves_nothing_mapped()
    {
        for (int pumps = 0; pumps < 12; pumps++)
        {
            using var bed = new XenBed(8 + pumps);
            Blkfront front = Connected(bed);
            for (int i = 0; i < 8; i++)
                front.Read(i, Whole(bed.Guest.NewPage()));
            front.Push();
            for (int i = 0; i < pumps; i++)
                bed.Pump();
            bed.StopClean();
        }
    }

    [Fact]
    public void A_guest_that_was_told_otherwise_is_not_kept_after_a_takeover()
    {
        using var files = new TemporaryDirectory();
        using var guest = new LoopbackGuest();
        foreach (bool keeps in new[] { false, true })
        {
            var content = new ModelContent(1 << 20);
            var options = new XenBlkifOptions { ShadowDirectory = files.Path };
            GuestPage page = guest.NewPages(1)[0];
            using var dead = new XenBed(1, options, guest: guest, content: content);
            var front = new Blkfront(guest, pump: dead.Pump);
            dead.Connect(dead.Offer([front], keeps: keeps));
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Write(0, Whole(page))));
            dead.Simulated!.Kill();
            guest.Backend!.Dispose();
            Assert.False(guest.IsMapped(page));

            using var next = new XenBed(2, options, guest: guest, content: content);
            front.Pump = next.Pump;
            Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
            Assert.Equal(keeps, guest.IsMapped(page));
            Assert.Equal(keeps, next.Connect(next.Offer([front], keeps: keeps), adopt: true).KeepsGrants);
            next.StopClean();
        }
    }

    private static LoopbackGuest GuestOf(XenBed bed) => (LoopbackGuest)bed.Guest;

    private static Blkfront Connected(XenBed bed)
    {
        Blkfront front = bed.NewFrontend();
        Assert.True(Connect(bed, front, guestWants: true));
        return front;
    }

    /// <returns>What the guest is told.</returns>
    private static bool Connect(XenBed bed, Blkfront front, bool guestWants) =>
        bed.Connect(bed.Offer([front], keeps: guestWants)).KeepsGrants;

    private static ReadOnlySpan<byte> OnDisk(XenBed bed, long sector) => bed.Content.Bytes.AsSpan((int)sector * 512, GuestPage.Size);

    private static BlkifSegment Whole(GuestPage page) => new() { Gref = page.Gref, LastSect = 7 };

    private static BlkifSegment[] Whole(GuestPage[] pages) => [.. pages.Select(Whole)];

    private static void Fill(GuestPage[] pages, int stamp)
    {
        foreach (GuestPage page in pages)
            page.Bytes.Fill((byte)stamp);
    }

    private static void AssertFilled(GuestPage[] pages, int stamp) =>
        Assert.All(pages, page => Assert.True(page.Bytes.IndexOfAnyExcept((byte)stamp) < 0));
}
