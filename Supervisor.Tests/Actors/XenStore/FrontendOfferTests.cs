using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Messages.Blkif;

namespace Tapvisor.Tests.Actors.XenStore;

public sealed class FrontendOfferTests
{
    private readonly Dictionary<string, string> _nodes = new() { ["event-channel"] = "7" };

    [Fact]
    public void No_protocol_is_x86_32()
    {
        _nodes["ring-ref"] = "1";
        Assert.Equal(2u, Read().Protocol);
    }

    [Theory]
    [InlineData("x86_32-abi", 2u)]
    [InlineData("x86_64-abi", 3u)]
    [InlineData("arm-abi", 1u)]
    public void Protocols_have_names(string name, uint protocol)
    {
        (_nodes["ring-ref"], _nodes["protocol"]) = ("1", name);
        Assert.Equal(protocol, Read().Protocol);
    }

    [Theory]
    [InlineData(null, "ring-ref")]
    [InlineData("0", "ring-ref")]
    [InlineData(null, "ring-ref0")]
    [InlineData("0", "ring-ref0")]
    public void A_ring_of_one_page_goes_by_either_name(string? order, string name)
    {
        _nodes[name] = "17";
        if (order is not null)
            _nodes["ring-page-order"] = order;
        Assert.Equal([17u], Assert.Single(Read().Rings).References);
    }

    [Fact]
    public void A_ring_of_sixteen_pages_is_numbered()
    {
        _nodes["ring-page-order"] = "4";
        for (int page = 0; page < 16; page++)
            _nodes[$"ring-ref{page}"] = $"{100 + page}";
        Assert.Equal(Enumerable.Range(100, 16).Select(i => (uint)i), Assert.Single(Read().Rings).References);
    }

    [Fact]
    public void Several_queues_have_directories()
    {
        _nodes["multi-queue-num-queues"] = "2";
        for (int queue = 0; queue < 2; queue++)
        {
            _nodes[$"queue-{queue}/ring-ref"] = $"{20 + queue}";
            _nodes[$"queue-{queue}/event-channel"] = $"{30 + queue}";
        }
        IReadOnlyList<BlkifRing> rings = Read().Rings;
        Assert.Equal([(20u, 30u), (21u, 31u)], rings.Select(ring => (ring.References.Single(), ring.Port)));
    }

    [Fact]
    public void No_more_nodes_are_asked_for_than_the_limits_allow()
    {
        (_nodes["multi-queue-num-queues"], _nodes["ring-page-order"]) = ("4", "4");
        Assert.Equal(4 * (2 + 16), FrontendOffer.RingNodes(new NodeValues(_nodes), new VbdOptions()).Count());
        _nodes["ring-page-order"] = "31";
        Assert.Throws<VbdException>(() => FrontendOffer.RingNodes(new NodeValues(_nodes), new VbdOptions()).Count());
    }

    [Fact]
    public void What_a_guest_wrote_reaches_the_log_short_and_harmless()
    {
        _nodes["protocol"] = "x\n2026-01-01 all is well " + new string('y', 5000);
        string reason = Assert.Throws<VbdException>(() => Read()).Failure.Reason;
        Assert.DoesNotContain('\n', reason);
        Assert.True(reason.Length < 200);
    }

    private (uint Protocol, IReadOnlyList<BlkifRing> Rings, bool KeepsGrants) Read() =>
        FrontendOffer.Read(new NodeValues(_nodes), new VbdOptions());
}
