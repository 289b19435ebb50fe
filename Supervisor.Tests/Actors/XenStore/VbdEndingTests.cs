using Tapvisor.Actors.Ring;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>How a device ends: closed, taken away, with its guest.</summary>
public sealed class VbdEndingTests
{
    [Fact]
    public void Closing_is_followed_and_closed_only_once_the_ring_is_given_back()
    {
        VbdNodes nodes = new VbdNodes().Connect().Frontends(XenbusState.Closing);
        nodes.Decide();
        Assert.Equal("5", nodes.State);
        Assert.IsType<RingProtocol.Disconnect>(nodes.Frontends(XenbusState.Closed).Decide().Request);
        Assert.Equal("5", nodes.State);
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        Assert.Equal("6", nodes.State);
    }

    [Fact]
    public void A_frontend_that_begins_anew_after_6_gets_2_and_then_4_again()
    {
        VbdNodes nodes = new VbdNodes().Connect().Frontends(XenbusState.Closed);
        nodes.Decide();
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        nodes.Frontends(XenbusState.Initialising).Decide();
        Assert.Equal("2", nodes.State);
        RingProtocol.Connect again = Assert.IsType<RingProtocol.Connect>(nodes.Offer(reference: 80).Decide().Request);
        Assert.False(again.Adopt);
        nodes.Machine = nodes.Machine.Connected(VbdNodes.Features);
        nodes.Decide();
        Assert.Equal("4", nodes.State);
    }

    [Fact]
    public void A_frontend_that_goes_from_4_to_1_without_closing_is_disconnected_first()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Frontends(XenbusState.Initialising).Decide().Request);
        Assert.Equal("4", nodes.State);
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        Assert.Equal("2", nodes.State);
    }

    [Fact]
    public void A_frontend_in_3_with_another_ring_was_restarted_unseen()
    {
        VbdNodes nodes = new VbdNodes().Connect().Offer(reference: 80, port: 90);
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        RingProtocol.Connect connect = Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
        Assert.Equal((false, 90u), (connect.Adopt, connect.Frontend.Rings[0].Port));
        Assert.Equal("2", nodes.State);
    }

    [Fact]
    public void A_frontend_in_4_may_change_its_nodes_without_effect()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Frontend["ring-ref"] = "666";
        Assert.Null(nodes.Decide().Request);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_frontend_that_is_not_there_yet_is_waited_for(bool isLibXl)
    {
        var nodes = new VbdNodes(isLibXl);
        nodes.Frontend.Clear();
        Assert.False(nodes.Decide().RemovesDirectory);
        Assert.Equal("1", nodes.State);
        nodes.Frontend["state"] = "1";
        nodes.Plug().Decide();
        Assert.Equal("2", nodes.State);
    }

    [Fact]
    public void A_frontend_that_has_gone_ends_in_6_for_libxl_and_the_directory_stays()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Frontend.Clear();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.False(nodes.Decide().RemovesDirectory);
        Assert.Equal("6", nodes.State);
    }

    [Fact]
    public void A_frontend_that_has_gone_takes_the_directory_with_it_for_xenopsd()
    {
        VbdNodes nodes = new VbdNodes(isLibXl: false).Connect();
        nodes.Frontend.Clear();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        Assert.False(nodes.Last.RemovesDirectory);
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.True(nodes.Decide().RemovesDirectory);
        Assert.True(nodes.Decide().IsOver);
    }

    [Fact]
    public void A_device_taken_away_before_its_guest_used_it_is_6_at_once()
    {
        var nodes = new VbdNodes();
        nodes.Decide();
        (nodes.Backend["online"], nodes.Backend["state"]) = ("0", "5");
        nodes.Decide();
        Assert.Equal("6", nodes.State);
        Assert.Null(nodes.Decide().State);
    }

    [Fact]
    public void A_toolstack_that_takes_it_away_waits_for_the_frontend()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        (nodes.Backend["online"], nodes.Backend["state"]) = ("0", "5");
        Assert.False(nodes.Decide().HasEffect);
        Assert.IsType<RingProtocol.Disconnect>(nodes.Frontends(XenbusState.Closed).Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        Assert.Equal("6", nodes.State);
    }

    [Fact]
    public void A_device_that_is_taken_away_is_not_connected_any_more()
    {
        VbdNodes nodes = new VbdNodes().Plug();
        nodes.Decide();
        (nodes.Backend["online"], nodes.Backend["state"]) = ("0", "5");
        Assert.Null(nodes.Offer().Decide().Request);
    }

    [Fact]
    public void A_directory_that_has_gone_is_never_written_to()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Backend.Clear();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        Assert.Empty(nodes.Backend);
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.True(nodes.Decide().IsOver);
        Assert.Empty(nodes.Backend);
    }

    [Fact]
    public void A_device_made_again_unseen_gets_its_own_ring()
    {
        var nodes = new VbdNodes { Machine = new VbdNodes().Connect().Machine };
        nodes.Plug().Offer(reference: 80);
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        RingProtocol.Connect connect = Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
        Assert.Equal((false, 80u), (connect.Adopt, connect.Frontend.Rings[0].References[0]));
    }

    [Fact]
    public void A_device_made_again_unseen_does_not_inherit_a_failure()
    {
        VbdNodes failed = new VbdNodes().Plug().Offer();
        failed.Frontend.Remove("ring-ref");
        Assert.NotNull(failed.Decide().Failure);
        VbdNodes nodes = new VbdNodes { Machine = failed.Machine }.Plug().Offer();
        Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
    }

    [Fact]
    public void What_a_late_script_leaves_of_a_removed_directory_is_no_device()
    {
        var nodes = new VbdNodes();
        nodes.Backend.Clear();
        nodes.Backend["hotplug-error"] = "too late";
        nodes.Decide();
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.True(nodes.Decide().IsOver);
    }

    [Fact]
    public void A_device_that_was_made_anew_while_its_service_was_dead_is_not_forgotten_with_the_former_ones_ring()
    {
        var nodes = new VbdNodes();
        nodes.Decide();
        Assert.Equal("2", nodes.State);
        nodes.Backend.Clear();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.True(nodes.Decide().IsOver);
    }

    [Fact]
    public void A_dead_domain_is_disconnected_without_waiting_for_its_nodes()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Machine = nodes.Machine with { IsDomainDead = true };
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        Assert.Equal("6", nodes.State);
    }
}
