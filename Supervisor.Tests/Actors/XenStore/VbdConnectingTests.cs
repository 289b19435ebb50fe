using Tapvisor.Actors.Ring;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>How a device gets from its directory to a connected ring.</summary>
public sealed class VbdConnectingTests
{
    [Fact]
    public void Libxl_gets_state_2_before_its_script_has_run()
    {
        var nodes = new VbdNodes(isLibXl: true);
        nodes.Decide();
        Assert.Equal("2", nodes.State);
    }

    [Fact]
    public void Xenopsd_gets_the_limits_at_once_and_state_2_after_its_script()
    {
        var nodes = new VbdNodes(isLibXl: false);
        nodes.Decide();
        Assert.Equal(("1", "4"), (nodes.State, nodes.Backend["max-ring-page-order"]));
        nodes.Plug().Decide();
        Assert.Equal("2", nodes.State);
    }

    [Fact]
    public void The_configuration_can_say_which_toolstack_it_is()
    {
        var nodes = new VbdNodes(isLibXl: false, new VbdOptions { Toolstack = Toolstack.LibXl });
        nodes.Decide();
        Assert.Equal("2", nodes.State);
    }

    [Fact]
    public void Limits_are_there_before_state_2()
    {
        var nodes = new VbdNodes();
        nodes.Decide();
        Assert.Equal(
            ("4", "4", "256"),
            (nodes.Backend["max-ring-page-order"],
                nodes.Backend["multi-queue-max-queues"],
                nodes.Backend["feature-max-indirect-segments"]));
    }

    [Fact]
    public void An_offer_is_connected_and_then_announced()
    {
        VbdNodes nodes = new VbdNodes().Plug();
        nodes.Decide();
        nodes.Offer();
        RingProtocol.Connect connect = Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
        Assert.False(connect.Adopt);
        Assert.Equal((5u, 51712u, 3u), (connect.Frontend.DomId, connect.Frontend.DevId, connect.Frontend.Protocol));
        Assert.Equal((8u, 9u), (connect.Frontend.Rings.Single().References.Single(), connect.Frontend.Rings.Single().Port));
        Assert.Equal("2", nodes.State);
        Assert.Null(nodes.Decide().Request);

        nodes.Machine = nodes.Machine.Connected(VbdNodes.Features);
        nodes.Decide();
        Assert.Equal("4", nodes.State);
        Assert.Equal(
            ("2048", "512", "4096", "0"),
            (nodes.Backend["sectors"], nodes.Backend["sector-size"], nodes.Backend["physical-sector-size"], nodes.Backend["info"]));
        Assert.Equal(
            ("1", "1", "1", "4096", "0"),
            (nodes.Backend["feature-flush-cache"], nodes.Backend["feature-barrier"], nodes.Backend["feature-discard"],
                nodes.Backend["discard-granularity"], nodes.Backend["discard-secure"]));
        Assert.Equal($"{VbdNodes.Pid}", nodes.Backend["kthread-pid"]);
    }

    [Theory]
    [InlineData(true, "1")]
    [InlineData(false, "0")]
    public void Whether_grants_stay_mapped_is_told_as_it_is(bool keeps, string node)
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        nodes.Decide();
        nodes.Machine = nodes.Machine.Connected(VbdNodes.Features with { KeepsGrants = keeps });
        nodes.Decide();
        Assert.Equal(node, nodes.Backend["feature-persistent"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public void A_guest_says_whether_its_grants_may_stay_mapped(string? node, bool keeps)
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        nodes.Frontend.Remove("feature-persistent");
        if (node is not null)
            nodes.Frontend["feature-persistent"] = node;
        Assert.Equal(keeps, Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request).Frontend.KeepsGrants);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public void After_a_takeover_grants_stay_mapped_only_if_the_guest_was_told_so(string? told, bool keeps)
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        (nodes.Frontend["state"], nodes.Backend["state"]) = ("4", "4");
        if (told is not null)
            nodes.Backend["feature-persistent"] = told;
        RingProtocol.Connect connect = Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
        Assert.Equal((true, keeps), (connect.Adopt, connect.Frontend.KeepsGrants));
    }

    [Fact]
    public void Nothing_more_happens_once_it_is_connected()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        VbdDecision decision = nodes.Decide();
        Assert.Null(decision.State);
        Assert.Null(decision.Request);
        Assert.Null(decision.Note);
    }

    [Theory]
    [InlineData("r", "disk", "4")]
    [InlineData("w", "cdrom", "1")]
    [InlineData("r", "cdrom", "5")]
    public void Info_tells_cdrom_and_read_only(string mode, string type, string info)
    {
        var nodes = new VbdNodes();
        (nodes.Backend["mode"], nodes.Backend["device-type"]) = (mode, type);
        nodes.Connect();
        Assert.Equal(info, nodes.Backend["info"]);
        Assert.Equal(mode == "r", nodes.Machine.Offer!.IsReadOnly);
    }

    [Fact]
    public void Logical_sectors_of_4_KiB_are_offered_where_the_toolstack_asks_for_them()
    {
        var nodes = new VbdNodes();
        nodes.Backend["sector-size"] = "4096";
        nodes.Connect();
        Assert.Equal(
            ("4096", "4096", "4096", "2048"),
            (nodes.Backend["sector-size"], nodes.Backend["physical-sector-size"], nodes.Backend["discard-granularity"],
                nodes.Backend["sectors"]));
    }

    [Fact]
    public void What_is_no_whole_large_sector_at_the_end_of_a_disk_is_not_offered()
    {
        var nodes = new VbdNodes();
        nodes.Backend["sector-size"] = "4096";
        nodes.Connect();
        nodes.Machine = nodes.Machine.Resized(3, 4099);
        nodes.Decide();
        Assert.Equal("4096", nodes.Backend["sectors"]);
        VbdDecision decision = nodes.Decide();
        Assert.Null(decision.State);
        Assert.DoesNotContain(decision.Writes, write => write.Name == "sectors");
    }

    [Theory]
    [InlineData("1024")]
    [InlineData("8192")]
    [InlineData("many")]
    public void Any_other_sector_size_is_512(string wanted)
    {
        var nodes = new VbdNodes();
        nodes.Backend["sector-size"] = wanted;
        nodes.Connect();
        Assert.Equal("512", nodes.Backend["sector-size"]);
    }

    [Theory]
    [InlineData("discard-enable", "0")]
    [InlineData("mode", "r")]
    public void Discard_is_offered_only_where_the_toolstack_and_the_rights_allow_it(string node, string value)
    {
        var nodes = new VbdNodes();
        nodes.Backend[node] = value;
        nodes.Connect();
        Assert.Equal("0", nodes.Backend["feature-discard"]);
    }

    [Fact]
    public void The_disk_may_be_named_before_or_after_the_script_says_that_it_is_connected()
    {
        VbdNodes nodes = new VbdNodes().Offer();
        nodes.Backend["hotplug-status"] = "connected";
        Assert.Null(nodes.Decide().Request);
        nodes.Plug();
        Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);

        nodes = new VbdNodes().Plug().Offer();
        nodes.Backend.Remove("hotplug-status");
        Assert.Null(nodes.Decide().Request);
        nodes.Backend["hotplug-status"] = "connected";
        Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
    }

    [Fact]
    public void A_disk_that_is_not_open_yet_is_waited_for()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        nodes.Claim = new DiskClaim(DiskOwner.Ours, 3);
        Assert.Null(nodes.Decide().Request);
        nodes.Claim = VbdNodes.Ours();
        Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
    }

    [Fact]
    public void A_frontend_that_skips_to_3_is_connected_all_the_same()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
        Assert.Equal("2", nodes.State);
        Assert.Equal("4", nodes.Backend["max-ring-page-order"]);
    }
}
