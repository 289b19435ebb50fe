using Akka.Actor;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.XenStore;

public sealed class XenStoreActorTests(ITestOutputHelper output) : XenStoreSpec(output)
{
    [Fact]
    public async Task A_device_detached_before_its_guest_looked_is_6_at_once()
    {
        Start();
        var device = new ScriptedVbd(Store);
        await device.AddByLibXlAsync();
        await Eventually(device, XenbusState.InitWait);
        await device.TakeAwayAsync();
        await Eventually(device, XenbusState.Closed);
    }

    [Fact]
    public async Task A_detached_device_can_be_attached_again_under_its_number()
    {
        ScriptedVbd device = await ConnectedAsync();
        for (int round = 0; round < 3; round++)
        {
            await device.FrontendsAsync(XenbusState.Closed);
            ReleaseRing();
            await Eventually(device, XenbusState.Closed);
            await Store.TransactAsync(async transaction =>
            {
                await transaction.RemoveAsync(device.Backend);
                await transaction.RemoveAsync(device.Frontend);
            });
            await device.AddByLibXlAsync();
            await Eventually(device, XenbusState.InitWait);
            await device.PlugAsync();
            await device.OfferAsync(reference: (uint)(100 + round));
            Assert.Equal((uint)(100 + round), AcceptRing().Frontend.Rings[0].References[0]);
            await Eventually(device, XenbusState.Connected);
        }
    }

    [Fact]
    public async Task Devices_that_were_there_before_the_service_are_found()
    {
        var device = new ScriptedVbd(Store);
        await device.AddByLibXlAsync();
        await device.PlugAsync();
        Start();
        OpenDisk();
        await Eventually(device, XenbusState.InitWait);
        await device.OfferAsync();
        AcceptRing();
        await Eventually(device, XenbusState.Connected);
    }

    [Fact]
    public async Task An_actor_that_is_restarted_goes_on_with_the_rings_that_there_are()
    {
        ScriptedVbd device = await ConnectedAsync();
        await StopAsync();
        Start();
        await ExpectQuietAsync(device);
        await device.FrontendsAsync(XenbusState.Closed);
        ReleaseRing();
        await Eventually(device, XenbusState.Closed);
    }

    [Fact]
    public async Task A_disk_that_is_opened_after_the_guest_waits_for_it_is_connected()
    {
        Start();
        var device = new ScriptedVbd(Store);
        await device.AddByLibXlAsync();
        await device.PlugAsync();
        await Eventually(device, XenbusState.InitWait);
        await device.OfferAsync();
        await ExpectQuietAsync(device);
        OpenDisk();
        AcceptRing();
        await Eventually(device, XenbusState.Connected);
    }

    [Fact]
    public async Task Physical_device_names_a_disk_as_well()
    {
        Start();
        OpenDisk(minor: 26);
        var device = new ScriptedVbd(Store);
        await device.AddByXenOpsDAsync();
        await device.WriteAsync("hotplug-status", "connected");
        await device.WriteAsync("physical-device", "0:1a");
        await Eventually(device, XenbusState.InitWait);
        await device.OfferAsync();
        AcceptRing(minor: 26);
        await Eventually(device, XenbusState.Connected);
    }

    [Fact]
    public async Task A_disk_that_grows_is_told_with_a_new_state_4()
    {
        ScriptedVbd device = await ConnectedAsync();
        OpenDisk(sectors: 4096);
        await Eventually($"{device.Backend}/sectors", "4096");
        Assert.Equal("4", await device.ReadAsync("state"));
    }

    [Fact]
    public async Task What_the_guest_reads_only_the_guest_may_read()
    {
        ScriptedVbd device = await ConnectedAsync();
        foreach (string node in (string[])["sectors", "info", "feature-discard", "max-ring-page-order"])
        {
            Assert.Equal(
                [new XenStorePermission(0, XenStoreAccess.None), new XenStorePermission(5, XenStoreAccess.Read)],
                await Store.GetPermissionsAsync($"{device.Backend}/{node}"));
        }
    }

    [Fact]
    public async Task The_death_of_a_domain_disconnects_its_devices_at_once()
    {
        ScriptedVbd device = await ConnectedAsync();
        await Store.ReleaseAsync(5);
        ReleaseRing();
        await Eventually(device, XenbusState.Closed);
    }

    [Fact]
    public async Task A_device_whose_domain_died_while_nobody_looked_is_6()
    {
        var device = new ScriptedVbd(Store, domId: 77);
        await device.AddByLibXlAsync();
        Start();
        await Eventually(device, XenbusState.Closed);
    }

    [Fact]
    public async Task The_death_of_another_domain_means_nothing()
    {
        await Store.IntroduceAsync(6, 0, 0);
        ScriptedVbd device = await ConnectedAsync();
        await Store.ReleaseAsync(6);
        await ExpectQuietAsync(device);
        Assert.Equal("4", await device.ReadAsync("state"));
    }

    [Fact]
    public async Task A_frontend_in_dom0_is_served()
    {
        Start();
        OpenDisk();
        var device = new ScriptedVbd(Store, domId: 0);
        await device.AddByLibXlAsync();
        await device.PlugAsync();
        await device.OfferAsync();
        Assert.Equal(0u, AcceptRing().Frontend.DomId);
        await Eventually(device, XenbusState.Connected);
    }

    [Fact]
    public async Task A_service_that_stops_while_it_connects_leaves_no_watch_behind()
    {
        // Its watches are set, and it may not have heard of that.
        int before = Server.WatchCount;
        for (int round = 0; round < 25; round++)
        {
            Start();
            Assert.True(SpinWait.SpinUntil(() => Server.WatchCount == before + 2, TimeSpan.FromSeconds(30)));
            await StopAsync();
            AwaitCondition(() => Server.WatchCount == before, TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task Many_devices_are_served_at_once()
    {
        const int Count = 40;
        Start();
        ScriptedVbd[] devices = [.. Enumerable.Range(0, Count).Select(i => new ScriptedVbd(Store, 5, (uint)(51712 + (16 * i))))];
        for (int minor = 0; minor < Count; minor++)
            OpenDisk(minor);
        await Task.WhenAll(devices.Select(async (device, minor) =>
        {
            await device.AddByLibXlAsync();
            await device.PlugAsync(minor: minor);
            await device.OfferAsync();
        }));
        for (int i = 0; i < Count; i++)
        {
            DiskProtocol.ToRing asked = ExpectMsg<DiskProtocol.ToRing>(TimeSpan.FromSeconds(30));
            BlkifFrontend frontend = Assert.IsType<RingProtocol.Connect>(asked.Message).Frontend;
            Assert.Equal((uint)(51712 + (16 * asked.Minor)), frontend.DevId);
            LastSender.Tell(new RingProtocol.Connected(frontend.DomId, frontend.DevId, VbdNodes.Features));
        }
        foreach (ScriptedVbd device in devices)
            await Eventually(device, XenbusState.Connected);
    }

    [Fact]
    public async Task A_wrong_node_costs_that_device_only_and_is_explained_in_its_error_node()
    {
        Start();
        OpenDisk();
        OpenDisk(minor: 4);
        var bad = new ScriptedVbd(Store);
        var good = new ScriptedVbd(Store, devId: 51728);
        await bad.AddByLibXlAsync(mode: "rw");
        await good.AddByLibXlAsync();
        await bad.PlugAsync();
        await good.PlugAsync(minor: 4);
        await bad.OfferAsync();
        await good.OfferAsync();
        AcceptRing(minor: 4);
        await Eventually(good, XenbusState.Connected);
        await Eventually(bad, XenbusState.Closing);
        Assert.Equal($"{Errno.EINVAL} the node mode is 'rw', not r or w", await Store.ReadAsync(bad.Error));

        await bad.WriteAsync("mode", "w");
        await bad.FrontendsAsync(XenbusState.Closed);
        await Eventually(bad, XenbusState.Closed);
        await bad.FrontendsAsync(XenbusState.Initialising);
        await Eventually(bad, XenbusState.InitWait);
        await bad.OfferAsync();
        AcceptRing();
        await Eventually(bad, XenbusState.Connected);
        Assert.Null(await Store.TryReadAsync(bad.Error));
    }

    [Fact]
    public async Task A_refusal_that_may_pass_is_tried_again_by_itself()
    {
        Start();
        OpenDisk();
        var device = new ScriptedVbd(Store);
        await device.AddByLibXlAsync();
        await device.PlugAsync();
        await device.OfferAsync();
        RingProtocol.Connect connect = ExpectRing<RingProtocol.Connect>();
        LastSender.Tell(new RingProtocol.ConnectFailed(connect.Frontend.DomId, connect.Frontend.DevId, Errno.EAGAIN, "busy"));
        AcceptRing();
        await Eventually(device, XenbusState.Connected);
    }

    [Fact]
    public async Task A_refusal_for_good_is_told_to_the_guest()
    {
        Start();
        OpenDisk();
        var device = new ScriptedVbd(Store);
        await device.AddByLibXlAsync();
        await device.PlugAsync();
        await device.OfferAsync();
        RingProtocol.Connect connect = ExpectRing<RingProtocol.Connect>();
        LastSender.Tell(new RingProtocol.ConnectFailed(connect.Frontend.DomId, connect.Frontend.DevId, Errno.EINVAL, "no such grant"));
        await Eventually(device, XenbusState.Closing);
        Assert.Equal($"{Errno.EINVAL} no such grant", await Store.ReadAsync(device.Error));
    }

    [Fact]
    public async Task A_restarted_store_loses_no_change()
    {
        ScriptedVbd device = await ConnectedAsync();
        await Server.DropConnectionsAsync();
        await AwaitReconnectionAsync();
        await device.FrontendsAsync(XenbusState.Closed);
        ReleaseRing();
        await Eventually(device, XenbusState.Closed);
    }

    [Fact]
    public async Task A_device_made_while_the_store_was_away_is_found()
    {
        Start();
        var first = new ScriptedVbd(Store);
        await first.AddByLibXlAsync();
        await Eventually(first, XenbusState.InitWait);
        await Server.DropConnectionsAsync();
        await AwaitReconnectionAsync();
        var second = new ScriptedVbd(Store, devId: 51728);
        await second.AddByLibXlAsync();
        await Eventually(second, XenbusState.InitWait);
    }

    [Fact]
    public async Task Another_services_device_is_left_alone()
    {
        Start();
        OpenDisk();
        var device = new ScriptedVbd(Store);
        await device.AddByXenOpsDAsync();
        await Eventually($"{device.Backend}/max-ring-page-order", "4");
        await device.PlugAsync(pid: Environment.ProcessId);
        await device.OfferAsync();
        await ExpectQuietAsync(device);
        Assert.Equal("1", await device.ReadAsync("state"));
    }

    [Fact]
    public async Task Two_services_in_one_directory_serve_each_their_own()
    {
        Start(new VbdOptions { IsMain = false });
        OpenDisk();
        var unnamed = new ScriptedVbd(Store);
        var named = new ScriptedVbd(Store, devId: 51728);
        await unnamed.AddByLibXlAsync();
        await named.AddByLibXlAsync();
        await named.PlugAsync();
        await Eventually(named, XenbusState.InitWait);
        await ExpectQuietAsync(unnamed);
        Assert.Equal("1", await unnamed.ReadAsync("state"));
    }

    [Fact]
    public async Task Another_name_for_the_backend_can_be_configured()
    {
        Start(new VbdOptions { BackendName = "vbd" });
        var device = new ScriptedVbd(Store, backendName: "vbd");
        await device.AddByLibXlAsync();
        await Eventually(device, XenbusState.InitWait);
    }

    [Fact]
    public async Task What_lies_among_the_devices_and_is_none_does_no_harm()
    {
        Start();
        foreach (string name in (string[])["x", "5", "5/x", "005/1", "99999999999/1", "5/51712/", "5/51712/deeper"])
            await Store.WriteAsync($"/local/domain/0/backend/vbd3/{name.TrimEnd('/')}", "nonsense");
        var device = new ScriptedVbd(Store, devId: 51728);
        await device.AddByLibXlAsync();
        await Eventually(device, XenbusState.InitWait);
    }

    private Task<ScriptedVbd> ConnectedAsync()
    {
        Start();
        OpenDisk();
        return ConnectAsync(new ScriptedVbd(Store));
    }

    /// <summary>The toolstack's own connection was dropped as well; a watch of it fires when it is back.</summary>
    private async Task AwaitReconnectionAsync()
    {
        await using XenStoreWatch watch = await Store.WatchAsync("/");
        await watch.NextAsync();
        while (true)
        {
            try
            {
                await Store.ListAsync("/");
                return;
            }
            catch (XenStoreException e) when (e.IsConnectionLost)
            {
                await watch.NextAsync();
            }
        }
    }
}
