using Tapvisor.Messages.Actors;
using Tapvisor.Native;
using Tapvisor.RingDevices.Requests;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;
using static Tapvisor.RingDevices.XenBlkif.Wire.BlkifStatus;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>What a guest sees, on a real engine: on the loopback, or on Xen's devices (see <see cref="GuestKind"/>).</summary>
public sealed class RingTests
{
    private const int Sector = 512;

    public static TheoryData<int, int> Layouts
    {
        get
        {
            var data = new TheoryData<int, int>();
            for (int order = 0; order <= BlkifLimits.MaxRingPageOrder; order++)
            {
                for (int protocol = (int)BlkifProtocol.Native; protocol <= (int)BlkifProtocol.X86_64; protocol++)
                    data.Add(protocol, order);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_layout_and_size_of_ring_moves_data(int protocol, int order)
    {
        using var bed = new XenBed();
        Blkfront front = bed.NewFrontend((BlkifProtocol)protocol, order);
        bed.Connect(front);
        GuestPage[] pages = [.. Enumerable.Range(0, 16).Select(_ => bed.Guest.NewPage())];
        var random = new Random(order);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < front.Size; i++)
            {
                GuestPage page = pages[i % pages.Length];
                random.NextBytes(page.Bytes);
            }
            for (int i = 0; i < Math.Min(pages.Length, front.Size); i++)
                front.Write(i * 8, Whole(pages[i]));
            Assert.All(front.Complete().Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
            for (int i = 0; i < pages.Length; i++)
                Assert.True(bed.Content.Bytes.AsSpan(i * 4096, 4096).SequenceEqual(pages[i].Bytes), $"page {i}");

            // As many as fit, to go around the ring.
            for (int i = 0; i < front.Size; i++)
                front.Read(0, Whole(pages[0]));
            Dictionary<ulong, GuestResponse> answers = front.Complete();
            Assert.Equal(front.Size, answers.Count);
            Assert.All(answers.Values, r => Assert.Equal((BLKIF_RSP_OKAY, BlkifOp.BLKIF_OP_READ), (r.Status, r.Operation)));
        }
        bed.StopClean();
    }

    [Fact]
    public void Segments_are_parts_of_pages()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        GuestPage[] pages = bed.Guest.NewPages(3);
        pages[0].Bytes.Fill(1);
        pages[1].Bytes.Fill(2);
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Write(5, Part(pages[0], 7, 7), Part(pages[1], 0, 2), Part(pages[0], 2, 3))));
        byte[] expected = [.. Enumerable.Repeat((byte)1, 512), .. Enumerable.Repeat((byte)2, 1536), .. Enumerable.Repeat((byte)1, 1024)];
        Assert.Equal(expected, bed.Content.Bytes.AsSpan(5 * Sector, expected.Length).ToArray());

        pages[2].Bytes.Fill(0xEE);
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(7, Part(pages[2], 3, 4))));
        Assert.All(pages[2].Bytes[..1536].ToArray(), b => Assert.Equal(0xEE, b));
        Assert.Equal(bed.Content.Bytes.AsSpan(7 * Sector, 1024).ToArray(), pages[2].Bytes.Slice(1536, 1024).ToArray());
        Assert.All(pages[2].Bytes[2560..].ToArray(), b => Assert.Equal(0xEE, b));
        bed.StopClean();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(32)]
    [InlineData(256)]
    public void An_indirect_request_moves_many_segments_and_is_answered_as_what_it_carries(int count)
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        GuestPage list = bed.Guest.NewPage(writable: false);
        GuestPage[] pages = bed.Guest.NewPages(16);
        new Random(count).NextBytes(pages[0].Bytes);
        new Random(count + 1).NextBytes(pages[1].Bytes);
        BlkifSegment[] segments = [.. Enumerable.Range(0, count).Select(i => Whole(pages[i % 2]))];
        GuestResponse answer = front.Answer(front.Indirect(BlkifOp.BLKIF_OP_WRITE, 8, list, segments));
        Assert.Equal((BLKIF_RSP_OKAY, BlkifOp.BLKIF_OP_WRITE), (answer.Status, answer.Operation));
        for (int i = 0; i < count; i++)
            Assert.True(bed.Content.Bytes.AsSpan((1 + i) * 4096, 4096).SequenceEqual(pages[i % 2].Bytes), $"segment {i}");

        segments = [.. Enumerable.Range(0, count).Select(i => Whole(pages[2 + (i % 14)]))];
        answer = front.Answer(front.Indirect(BlkifOp.BLKIF_OP_READ, 8, list, segments));
        Assert.Equal((BLKIF_RSP_OKAY, BlkifOp.BLKIF_OP_READ), (answer.Status, answer.Operation));
        Assert.Equal(pages[(count - 1) % 2].Bytes.ToArray(), pages[2 + ((count - 1) % 14)].Bytes.ToArray());
        bed.StopClean();
    }

    [Fact]
    public void Several_rings_of_one_device_work_side_by_side()
    {
        using var bed = new XenBed();
        Blkfront[] fronts = [bed.NewFrontend(order: 1), bed.NewFrontend(order: 1), bed.NewFrontend(order: 1)];
        bed.Connect(fronts);
        GuestPage[] pages = bed.Guest.NewPages(fronts.Length);
        for (int i = 0; i < fronts.Length; i++)
        {
            pages[i].Bytes.Fill((byte)(i + 1));
            for (int at = 0; at < 20; at++)
                fronts[i].Write((i * 1000) + (at * 8), Whole(pages[i]));
            fronts[i].Push();
        }
        foreach (Blkfront front in fronts)
            Assert.All(front.Wait(20).Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
        for (int i = 0; i < fronts.Length; i++)
            Assert.True(bed.Content.Bytes.AsSpan(i * 1000 * Sector, 20 * 4096).IndexOfAnyExcept((byte)(i + 1)) < 0);
        Assert.Equal(3, bed.Device.Statistics.Count);
        bed.StopClean();
    }

    [Fact]
    public void Two_guests_devices_share_a_disk()
    {
        using var bed = new XenBed();
        Blkfront first = bed.Connected();
        Blkfront second = bed.NewFrontend();
        bed.Connect(bed.Offer([second], devId: 768));
        GuestPage page = bed.Guest.NewPage();
        page.Bytes.Fill(0x5A);
        Assert.Equal(BLKIF_RSP_OKAY, first.Do(first.Write(16, Whole(page))));
        GuestPage other = bed.Guest.NewPage();
        Assert.Equal(BLKIF_RSP_OKAY, second.Do(second.Read(16, Whole(other))));
        Assert.Equal(page.Bytes.ToArray(), other.Bytes.ToArray());
        Assert.True(bed.Disconnect());
        Assert.Equal(BLKIF_RSP_OKAY, second.Do(second.Read(16, Whole(other))));
        bed.StopClean();
    }

    [Fact]
    public void A_flush_makes_stable_what_was_written()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        page.Bytes.Fill(9);
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Write(0, Whole(page))));
        Assert.False(bed.Content.Stable.AsSpan(0, 4096).SequenceEqual(page.Bytes));
        GuestResponse answer = front.Answer(front.Flush());
        Assert.Equal((BLKIF_RSP_OKAY, BlkifOp.BLKIF_OP_FLUSH_DISKCACHE), (answer.Status, answer.Operation));
        Assert.True(bed.Content.Stable.AsSpan(0, 4096).SequenceEqual(page.Bytes));
        bed.StopClean();
    }

    [Fact]
    public void A_discard_reaches_the_image_and_a_secure_one_is_not_promised()
    {
        using var bed = new XenBed();
        Blkfront front = bed.NewFrontend();
        BlkifFeatures features = bed.Connect(front);
        Assert.True(features.CanDiscard);
        Assert.False(features.CanDiscardSecurely);
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Discard(8, 16)));
        Assert.True(bed.Content.Bytes.AsSpan(8 * Sector, 16 * Sector).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(BLKIF_RSP_EOPNOTSUPP, front.Do(front.Discard(8, 16, secure: true)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Discard(8, 0)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Discard(8, ulong.MaxValue)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Discard(-1, 1)));
        bed.StopClean();
    }

    [Fact]
    public void What_the_disk_can_is_what_the_guest_is_told()
    {
        using var bed = new XenBed();
        Blkfront front = bed.NewFrontend();
        Assert.Equal(
            new BlkifFeatures(
                (ulong)bed.Content.Bytes.Length / Sector, 512, 512, 0, CanDiscard: true, 512, 0, CanDiscardSecurely: false, KeepsGrants: false),
            bed.Connect(front));
        bed.Disconnect();
        Blkfront again = bed.NewFrontend();
        BlkifFeatures readOnly = bed.Connect(bed.Offer([again], readOnly: true));
        Assert.Equal(4u, readOnly.Info);
        Assert.False(readOnly.CanDiscard);
        bed.StopClean();
    }

    [Fact]
    public void A_guest_that_may_only_read_writes_nothing_though_the_image_is_writable()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected(readOnly: true);
        GuestPage page = bed.Guest.NewPage();
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Write(0, Whole(page))));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Barrier(0, Whole(page))));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Discard(0, 8)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Indirect(BlkifOp.BLKIF_OP_WRITE, 0, bed.Guest.NewPage(), [Whole(page)])));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Flush()));
        Assert.DoesNotContain(bed.Disk.Log, entry => entry.Operation is BlockOperation.Write or BlockOperation.Discard);
        bed.StopClean();
    }

    [Fact]
    public void Wrong_requests_are_answered_with_an_error_and_logged_once()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        BlkifSegment whole = Whole(page);
        Assert.Equal(BLKIF_RSP_EOPNOTSUPP, front.Do(front.Put((BlkifOp)4, 0, whole)));
        Assert.Equal(BLKIF_RSP_EOPNOTSUPP, front.Do(front.Put((BlkifOp)200, 0, whole)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Read(0)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Read(0, [.. Enumerable.Repeat(whole, 12)])));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Read(0, [.. Enumerable.Repeat(whole, 255)])));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Write(0, Part(page, 3, 2))));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Write(0, Part(page, 0, 8))));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Read(bed.Content.Bytes.Length / Sector, whole)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Read(-1, whole)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Read((bed.Content.Bytes.Length / Sector) - 1, whole)));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, whole)));
        Assert.Single(bed.Log.Complaints);
        bed.StopClean();
    }

    [Fact]
    public void Wrong_indirect_requests_are_answered_with_an_error_under_their_inner_name()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        GuestPage list = bed.Guest.NewPage();
        BlkifSegment[] one = [Whole(page)];
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Indirect(BlkifOp.BLKIF_OP_DISCARD, 0, list, one)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Indirect(BlkifOp.BLKIF_OP_INDIRECT, 0, list, one)));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Indirect(BlkifOp.BLKIF_OP_READ, 0, list, one, count: 0)));
        GuestResponse tooMany = front.Answer(front.Indirect(BlkifOp.BLKIF_OP_WRITE, 0, list, one, count: 257));
        Assert.Equal((BLKIF_RSP_ERROR, BlkifOp.BLKIF_OP_WRITE), (tooMany.Status, tooMany.Operation));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Indirect(BlkifOp.BLKIF_OP_READ, 0, list, [Whole(page), Part(page, 7, 8)])));
        Assert.Equal(BLKIF_RSP_ERROR, front.Do(front.Indirect(BlkifOp.BLKIF_OP_READ, 0, list with { Gref = 9999 }, one)));
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Indirect(BlkifOp.BLKIF_OP_READ, 0, list, one)));
        bed.StopClean();
    }

    [Fact]
    public void A_bad_grant_fails_its_own_request_alone()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        GuestPage good = bed.Guest.NewPage();
        GuestPage readable = bed.Guest.NewPage(writable: false);
        BlkifSegment none = new() { Gref = 12345, FirstSect = 0, LastSect = 7 };
        ulong[] bad =
        [
            front.Read(0, none), front.Write(0, Whole(good), none), front.Read(0, Whole(good), none), front.Read(0, Whole(readable)),
        ];
        ulong[] fine = [front.Read(0, Whole(good)), front.Write(64, Whole(good)), front.Write(128, Whole(readable))];
        Dictionary<ulong, GuestResponse> answers = front.Complete();
        Assert.All(bad, id => Assert.Equal(BLKIF_RSP_ERROR, answers[id].Status));
        Assert.All(fine, id => Assert.Equal(BLKIF_RSP_OKAY, answers[id].Status));
        bed.StopClean();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-5)]
    [InlineData(1000)]
    public void Indices_that_run_wild_halt_the_ring_with_one_line_and_no_other(int claim)
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        Blkfront other = bed.NewFrontend();
        bed.Connect(bed.Offer([other], devId: 768));
        GuestPage page = bed.Guest.NewPage();
        Assert.Equal(BLKIF_RSP_OKAY, front.Do(front.Read(0, Whole(page))));
        front.RequestsProduced += (uint)claim;
        front.Kick();
        for (int i = 0; i < 50; i++)
        {
            front.Kick();
            Assert.Equal(BLKIF_RSP_OKAY, other.Do(other.Read(0, Whole(page))));
        }
        Assert.Single(bed.Log.Complaints, line => line.Contains("is halted", StringComparison.Ordinal));
        bed.StopClean();
    }

    [Fact]
    public void Requests_wait_while_the_disk_is_paused()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        bed.Run(bed.Queue.QuiesceAsync);
        for (int i = 0; i < front.Size; i++)
            front.Read(i, Part(page, 0, 0));
        front.Push();
        Assert.Empty(bed.On(front.Reap));
        bed.On(() => bed.Open());
        Assert.All(front.Wait(front.Size).Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
        bed.StopClean();
    }

    [Fact]
    public void A_driver_that_fails_is_not_noticed()
    {
        using var bed = new XenBed();
        bed.Queue.Faulted += _ => bed.Open();
        Blkfront front = bed.Connected(order: 2);
        GuestPage[] pages = bed.Guest.NewPages(32);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < pages.Length; i++)
            {
                pages[i].Bytes.Fill((byte)(round + i));
                front.Write(i * 8, Whole(pages[i]));
            }
            front.Push();
            bed.On(() =>
            {
                bed.Queue.Fault(new InvalidOperationException("a drill"));
                return 0;
            });
            Assert.All(front.Wait(pages.Length).Values, r => Assert.Equal(BLKIF_RSP_OKAY, r.Status));
            for (int i = 0; i < pages.Length; i++)
                Assert.True(bed.Content.Bytes.AsSpan(i * 4096, 4096).SequenceEqual(pages[i].Bytes), $"round {round}, page {i}");
        }
        bed.StopClean();
    }

    [Fact]
    public void A_device_is_connected_once_and_can_come_back()
    {
        using var bed = new XenBed();
        Blkfront front = bed.Connected();
        Assert.Equal(Errno.EALREADY, Refusal(bed, bed.Offer([front])).Errno);
        Assert.True(bed.Disconnect());
        Assert.False(bed.Disconnect());
        Blkfront again = bed.Connected();
        GuestPage page = bed.Guest.NewPage();
        Assert.Equal(BLKIF_RSP_OKAY, again.Do(again.Read(0, Whole(page))));
        bed.StopClean();
    }

    [Fact]
    public void Offers_that_make_no_sense_are_refused_and_leave_nothing()
    {
        using var bed = new XenBed();
        Blkfront front = bed.NewFrontend();
        BlkifFrontend offer = bed.Offer([front]);
        BlkifRing ring = front.Offer;
        Assert.Equal(Errno.EPROTONOSUPPORT, Refusal(bed, offer with { Protocol = 4 }).Errno);
        Assert.Equal(Errno.EPROTONOSUPPORT, Refusal(bed, offer with { Protocol = 0 }).Errno);
        Assert.Equal(Errno.EINVAL, Refusal(bed, offer with { Rings = [] }).Errno);
        Assert.Equal(Errno.EINVAL, Refusal(bed, offer with { Rings = [ring with { References = [] }] }).Errno);
        Assert.Equal(Errno.EINVAL, Refusal(bed, offer with { Rings = [ring with { References = [1, 2, 3] }] }).Errno);
        Assert.Equal(Errno.EINVAL, Refusal(bed, offer with { Rings = [ring with { References = new uint[32] }] }).Errno);
        Assert.Equal(Errno.EINVAL, Refusal(bed, offer with { DomId = 0x7FF0 }).Errno);
        Assert.NotEqual(0, Refusal(bed, offer with { Rings = [ring with { References = [54321] }] }).Errno);
        Assert.Equal(Errno.EINVAL, Refusal(bed, offer with { Rings = [ring with { Port = 999 }] }).Errno);
        Assert.Equal(Errno.EINVAL, Refusal(bed, offer with { Rings = [ring, ring] }).Errno);
        bed.Connect(offer);
        bed.StopClean();
    }

    private static BlockException Refusal(XenBed bed, BlkifFrontend offer) => Assert.Throws<BlockException>(() => bed.Connect(offer));

    private static BlkifSegment Whole(GuestPage page) => Part(page, 0, 7);

    private static BlkifSegment Part(GuestPage page, int first, int last) =>
        new() { Gref = page.Gref, FirstSect = (byte)first, LastSect = (byte)last };
}
