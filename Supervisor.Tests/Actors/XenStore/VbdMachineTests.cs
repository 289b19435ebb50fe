using Tapvisor.Actors.Ring;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Tests.Actors.XenStore;

public sealed class VbdMachineTests
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

    [Theory]
    [InlineData("4")]
    [InlineData("3")]
    public void A_device_found_connected_is_taken_over_without_touching_its_state(string frontend)
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        (nodes.Frontend["state"], nodes.Backend["state"], nodes.Backend["sectors"]) = (frontend, "4", "2048");
        Assert.True(Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request).Adopt);
        Assert.Null(nodes.Last.State);
        nodes.Machine = nodes.Machine.Connected(VbdNodes.Features);
        Assert.Null(nodes.Decide().State);
    }

    [Fact]
    public void A_takeover_says_who_serves_the_disk_now()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        (nodes.Frontend["state"], nodes.Backend["state"], nodes.Backend["pid"]) = ("4", "4", "99");
        nodes.Backend["physical-device-path"] = "/run/blktap-control/nbd99.3";
        nodes.Claim = new DiskClaim(DiskOwner.Ours, 3, new OpenDisk(3, [$"nbd{VbdNodes.Pid}.3", "nbd99.3"], 2048));
        nodes.Decide();
        Assert.Equal(
            ($"/run/blktap-control/nbd{VbdNodes.Pid}.3", $"{VbdNodes.Pid}", $"{VbdNodes.Pid}"),
            (nodes.Backend["physical-device-path"], nodes.Backend["pid"], nodes.Backend["kthread-pid"]));
    }

    [Theory]
    [InlineData("4", "6")]
    [InlineData("5", "6")]
    [InlineData("4", null)]
    [InlineData("2", "1")]
    public void What_a_dead_service_had_connected_is_given_back_before_the_device_is(string backend, string? frontend)
    {
        VbdNodes nodes = new VbdNodes().Plug();
        nodes.Backend["state"] = backend;
        if (frontend is null)
            nodes.Frontend.Clear();
        else
            nodes.Frontend["state"] = frontend;
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        Assert.Equal((3, backend), (nodes.Machine.Minor, nodes.State));
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        Assert.Equal(frontend == "1" ? "2" : "6", nodes.State);
    }

    [Fact]
    public void A_dead_services_ring_is_given_back_though_the_device_went_before_it_named_its_disk()
    {
        var nodes = new VbdNodes();
        nodes.Backend["state"] = "4";
        nodes.Frontend["state"] = "4";
        Assert.Null(nodes.Decide().Request);
        nodes.Backend.Clear();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        Assert.Equal(-1, nodes.Machine.Minor);
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.True(nodes.Decide().IsOver);
    }

    [Fact]
    public void A_ring_that_cannot_be_taken_over_is_given_up_visibly()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        (nodes.Frontend["state"], nodes.Backend["state"]) = ("4", "4");
        nodes.Decide();
        nodes.Machine = nodes.Machine.ConnectFailed(Errno.ESTALE, "requests may have been lost");
        nodes.Decide();
        Assert.Equal(("5", "requests may have been lost"), (nodes.State, nodes.Last.Failure!.Reason));
        Assert.False(nodes.Decide().HasEffect);
    }

    [Fact]
    public void A_ring_that_a_former_incarnation_connected_is_used_if_the_guest_was_told()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        (nodes.Frontend["state"], nodes.Backend["state"]) = ("4", "4");
        nodes.Decide();
        nodes.Machine = nodes.Machine.ConnectFailed(Errno.EALREADY, "connected");
        Assert.Null(nodes.Decide().State);
        Assert.Equal(RingPhase.Connected, nodes.Machine.Ring);
    }

    [Fact]
    public void A_ring_that_a_former_incarnation_connected_begins_anew_if_the_guest_was_not_told()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        nodes.Decide();
        nodes.Machine = nodes.Machine.ConnectFailed(Errno.EALREADY, "connected");
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.False(Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request).Adopt);
    }

    [Fact]
    public void Refusals_that_may_pass_are_tried_again_for_a_while()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        for (int attempt = 0; attempt < VbdMachine.MostAttempts; attempt++)
        {
            Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
            nodes.Machine = nodes.Machine.ConnectFailed(Errno.EAGAIN, "busy");
        }
        Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.ConnectFailed(Errno.EAGAIN, "busy");
        Assert.Equal(Errno.EAGAIN, nodes.Decide().Failure!.Errno);
        Assert.Equal("5", nodes.State);
    }

    [Fact]
    public void A_failed_device_is_tried_again_when_its_frontend_begins_anew_and_not_before()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        nodes.Frontend["event-channel"] = "nonsense";
        nodes.Decide();
        Assert.Equal("5", nodes.State);
        nodes.Frontend["event-channel"] = "9";
        Assert.False(nodes.Decide().HasEffect);
        nodes.Frontends(XenbusState.Closed).Decide();
        Assert.Equal("6", nodes.State);
        nodes.Frontends(XenbusState.Initialising).Decide();
        Assert.Equal("2", nodes.State);
        Assert.IsType<RingProtocol.Connect>(nodes.Offer().Decide().Request);
    }

    [Fact]
    public void A_disk_closed_under_its_guest_is_an_error_that_the_guest_sees()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        Assert.Equal(("5", Errno.ENODEV), (nodes.State, nodes.Last.Failure!.Errno));
    }

    [Fact]
    public void A_ring_device_that_does_not_answer_is_asked_to_let_go_until_it_does()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        nodes.Decide();
        nodes.Machine = nodes.Machine.Unanswered();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Unanswered();
        Assert.IsType<RingProtocol.Disconnect>(nodes.Decide().Request);
        nodes.Machine = nodes.Machine.Disconnected();
        Assert.Equal(Errno.ETIMEDOUT, nodes.Decide().Failure!.Errno);
        Assert.Equal("5", nodes.State);
    }

    [Fact]
    public void A_disk_that_grew_is_told_with_a_new_4()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Machine = nodes.Machine.Resized(3, 4096);
        Assert.Equal(XenbusState.Connected, nodes.Decide().State);
        Assert.Equal("4096", nodes.Backend["sectors"]);
        Assert.Null(nodes.Decide().State);
    }

    [Fact]
    public void Another_disk_growing_means_nothing()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Machine = nodes.Machine.Resized(4, 4096);
        Assert.Null(nodes.Decide().State);
    }

    [Fact]
    public void A_disk_that_grew_while_the_service_was_away_is_told_after_the_takeover()
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        (nodes.Frontend["state"], nodes.Backend["state"], nodes.Backend["sectors"]) = ("4", "4", "1024");
        nodes.Decide();
        nodes.Machine = nodes.Machine.Connected(VbdNodes.Features);
        Assert.Equal(XenbusState.Connected, nodes.Decide().State);
        Assert.Equal("2048", nodes.Backend["sectors"]);
    }

    [Fact]
    public void Taking_the_disk_out_of_a_connected_device_changes_nothing_until_the_guest_closes_it()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Backend.Remove("physical-device-path");
        nodes.Claim = DiskClaim.None;
        Assert.NotNull(nodes.Decide().Note);
        Assert.False(nodes.Last.HasEffect);
        Assert.Null(nodes.Decide().Note);
        Assert.IsType<RingProtocol.Disconnect>(nodes.Frontends(XenbusState.Closed).Decide().Request);
    }

    [Fact]
    public void Another_disk_put_in_is_served_after_the_guest_closed_the_device()
    {
        VbdNodes nodes = new VbdNodes().Connect();
        nodes.Plug(minor: 4).Decide();
        Assert.Equal(3, nodes.Machine.Minor);
        nodes.Frontends(XenbusState.Closed).Decide();
        nodes.Machine = nodes.Machine.Disconnected();
        nodes.Decide();
        nodes.Frontends(XenbusState.Initialising).Decide();
        nodes.Offer().Decide();
        Assert.Equal(4, nodes.Machine.Minor);
    }

    [Fact]
    public void An_empty_drive_waits_for_a_disk()
    {
        var nodes = new VbdNodes();
        nodes.Backend["device-type"] = "cdrom";
        nodes.Offer();
        nodes.Backend["hotplug-status"] = "connected";
        Assert.Null(nodes.Decide().Request);
        Assert.Null(nodes.Last.Failure);
        nodes.Plug();
        Assert.IsType<RingProtocol.Connect>(nodes.Decide().Request);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    [InlineData("6")]
    public void Another_tapdisks_device_is_left_alone(string frontend)
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        nodes.Frontend["state"] = frontend;
        nodes.Claim = new DiskClaim(DiskOwner.Foreign, 3);
        Assert.False(nodes.Decide().HasEffect);
        nodes.Frontend.Clear();
        Assert.False(nodes.Decide().HasEffect);
    }

    [Fact]
    public void Of_several_services_the_main_one_answers_for_devices_without_disk()
    {
        var nodes = new VbdNodes(options: new VbdOptions { IsMain = false });
        Assert.False(nodes.Decide().HasEffect);
        nodes.Plug().Decide();
        Assert.Equal("2", nodes.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public void States_that_mean_nothing_are_noted_once_and_ignored(int state)
    {
        VbdNodes nodes = new VbdNodes().Connect().Frontends((XenbusState)state);
        Assert.NotNull(nodes.Decide().Note);
        Assert.Null(nodes.Decide().Note);
        Assert.False(nodes.Last.HasEffect);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4294967299")]
    [InlineData("-1")]
    [InlineData("3 ")]
    [InlineData("٣")]
    public void A_state_that_is_no_number_is_noted_and_ignored(string state)
    {
        VbdNodes nodes = new VbdNodes().Plug();
        nodes.Decide();
        nodes.Frontend["state"] = state;
        Assert.False(nodes.Decide().HasEffect);
        Assert.NotNull(nodes.Last.Note);
    }

    [Theory]
    [InlineData("mode", "x", Errno.EINVAL)]
    [InlineData("mode", null, Errno.ENOENT)]
    [InlineData("device-type", "floppy", Errno.EOPNOTSUPP)]
    [InlineData("frontend", "relative/path", Errno.EINVAL)]
    [InlineData("frontend", null, Errno.EINVAL)]
    [InlineData("physical-device-path", "/dev/sda", Errno.EINVAL)]
    [InlineData("polling-duration", "-5", Errno.EINVAL)]
    [InlineData("polling-idle-threshold", "101", Errno.EINVAL)]
    public void A_wrong_node_of_the_backend_gives_the_device_up(string node, string? value, int errno)
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        if (value is null)
            nodes.Backend.Remove(node);
        else
            nodes.Backend[node] = value;
        if (node == "physical-device-path")
            nodes.Claim = new DiskClaim(DiskOwner.Malformed);
        Assert.Equal(errno, nodes.Decide().Failure?.Errno);
        Assert.Contains(node, nodes.Last.Failure!.Reason, StringComparison.Ordinal);
        Assert.Equal("5", nodes.State);
        Assert.False(nodes.Decide().HasEffect);
    }

    [Theory]
    [InlineData("ring-page-order", "5")]
    [InlineData("ring-page-order", "-1")]
    [InlineData("ring-page-order", "4294967296")]
    [InlineData("ring-page-order", "1")]
    [InlineData("event-channel", null)]
    [InlineData("event-channel", "0x9")]
    [InlineData("ring-ref", null)]
    [InlineData("ring-ref", "99999999999")]
    [InlineData("protocol", "sparc-abi")]
    [InlineData("feature-persistent", "2")]
    [InlineData("multi-queue-num-queues", "0")]
    [InlineData("multi-queue-num-queues", "5")]
    [InlineData("multi-queue-num-queues", "2")]
    public void A_wrong_node_of_the_frontend_gives_the_device_up(string node, string? value)
    {
        VbdNodes nodes = new VbdNodes().Plug().Offer();
        if (value is null)
            nodes.Frontend.Remove(node);
        else
            nodes.Frontend[node] = value;
        Assert.NotNull(nodes.Decide().Failure);
        Assert.Equal("5", nodes.State);
    }
}
