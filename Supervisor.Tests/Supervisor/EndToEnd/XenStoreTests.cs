using Tapvisor.Tests.Actors.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>The service with a store of its own, as it is configured for development.</summary>
public sealed class XenStoreTests
{
    [Fact]
    public async Task The_service_answers_for_the_devices_in_its_store()
    {
        await using TestService service = await TestService.StartAsync("tapvisor.xen { store = embedded, backend-name = vbd }");
        await using XenStoreClient toolstack = await XenStoreClient.ConnectAsync(new XenStoreEndpoint(service.Files.At("ctl/xenstore")));
        var device = new ScriptedVbd(toolstack, domId: 0, backendName: "vbd");
        await using XenStoreWatch state = await toolstack.WatchAsync($"{device.Backend}/state");
        await device.AddByLibXlAsync();
        while (await toolstack.TryReadAsync($"{device.Backend}/state") != "2")
            await state.NextAsync();
        await device.TakeAwayAsync();
        while (await toolstack.TryReadAsync($"{device.Backend}/state") != "6")
            await state.NextAsync();
    }

    [Fact]
    public async Task A_service_that_leaves_XenStore_to_others_has_none()
    {
        await using TestService service = await TestService.StartAsync("tapvisor.xen { enabled = off, store = embedded }");
        Assert.False(Path.Exists(service.Files.At("ctl/xenstore")));
    }
}
