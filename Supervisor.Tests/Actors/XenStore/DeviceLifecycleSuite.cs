using System.Globalization;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>Both toolstacks' devices from beginning to end, whichever store they are in. The guest is dom0, as for a local attach.</summary>
public abstract class DeviceLifecycleSuite(ITestOutputHelper output, XenStoreEndpoint? store) : XenStoreSpec(output)
{
    // Of no real toolstack's devices.
    private readonly string _kind = string.Create(CultureInfo.InvariantCulture, $"vbd-test-{Guid.NewGuid():N}");
    private ScriptedVbd _device = null!;

    public override async Task InitializeAsync()
    {
        if (store is null)
            return;
        Endpoint = store;
        Store = await XenStoreClient.ConnectAsync(store);
        _device = new ScriptedVbd(Store, domId: 0, devId: (uint)Random.Shared.Next(1 << 28, 1 << 29), backendName: _kind);
    }

    public override async Task DisposeAsync()
    {
        if (store is null)
            return;
        await StopAsync();
        foreach (string path in (string[])[_device.Backend, _device.Frontend, XenStoreRoot("backend"), XenStoreRoot("error/backend")])
        {
            if (await Store.TryReadAsync(path) is not null)
                await Store.RemoveAsync(path);
        }
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_libxl_guest_gets_its_disk_and_gives_it_back()
    {
        StartServing();
        await ConnectAsync(_device);
        Assert.Equal(("2048", $"{Pid}"), (await _device.ReadAsync("sectors"), await _device.ReadAsync("kthread-pid")));

        await _device.TakeAwayAsync();
        await _device.FrontendsAsync(XenbusState.Closing);
        await _device.FrontendsAsync(XenbusState.Closed);
        ReleaseRing();
        await Eventually(_device, XenbusState.Closed);
        await _device.RemoveBackendAsync();
        ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        Assert.Null(await _device.ReadAsync("state"));
    }

    [SkippableFact]
    public async Task A_destroyed_libxl_guest_ends_in_6_with_its_directory_kept()
    {
        StartServing();
        await ConnectAsync(_device);
        await _device.DestroyByLibXlAsync();
        ReleaseRing();
        await Eventually(_device, XenbusState.Closed);
        Assert.Equal("connected", await _device.ReadAsync("hotplug-status"));
    }

    [SkippableFact]
    public async Task A_xenopsd_guest_gets_its_disk_and_the_directory_goes_with_the_frontend()
    {
        StartServing();
        await _device.AddByXenOpsDAsync();
        await Eventually($"{_device.Backend}/max-ring-page-order", "4");
        Assert.Equal("1", await _device.ReadAsync("state"));
        await _device.PlugAsync();
        await Eventually(_device, XenbusState.InitWait);
        await _device.OfferAsync();
        RingProtocol.Connect connect = AcceptRing();
        Assert.Equal((8000u, 50u), (connect.Frontend.PollDuration, connect.Frontend.PollIdleThreshold));
        await Eventually(_device, XenbusState.Connected);
        await _device.FrontendsAsync(XenbusState.Connected);

        await _device.WriteAsync("online", "0");
        await _device.RemoveFrontendAsync();
        ReleaseRing();
        await Eventually($"{_device.Backend}/hotplug-status", null);
        Assert.Null(await _device.ReadAsync("state"));
    }

    [SkippableFact]
    public async Task A_connected_device_is_taken_over_from_a_dead_service_without_a_word_to_the_guest()
    {
        StartServing();
        await ConnectAsync(_device);
        await StopAsync();
        Assert.Equal("4", await _device.ReadAsync("state"));
        await _device.WriteAsync("physical-device-path", $"/run/blktap-control/nbd1999999999.{Minor}");
        XenStoreWatch watch = await Store.WatchAsync($"{_device.Backend}/state");
        await watch.NextAsync();

        Register = new VbdRegister();
        StartServing($"nbd1999999999.{Minor}");
        Assert.True(AcceptRing().Adopt);
        await Eventually($"{_device.Backend}/physical-device-path", $"/run/blktap-control/nbd{Pid}.{Minor}");
        await _device.FrontendsAsync(XenbusState.Closed);
        ReleaseRing();

        // The first that the guest hears is the answer to its own closing.
        await watch.NextAsync();
        Assert.Equal("6", await _device.ReadAsync("state"));
    }

    private void StartServing(params string[] formerSockets)
    {
        Skip.If(store is null, "no real store: set TAPVISOR_XENSTORE_SOCKET to the socket of a xenstored");
        Start(new VbdOptions { BackendName = _kind });
        OpenDisk(formerSockets: formerSockets);
    }

    private string XenStoreRoot(string directory) => $"/local/domain/0/{directory}/{_kind}";
}
