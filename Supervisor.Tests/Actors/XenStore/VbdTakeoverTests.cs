using Tapvisor.Actors.Ring;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>What a device goes through when services, disks and nodes change under it.</summary>
public sealed class VbdTakeoverTests
{
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
