using Tapvisor.Tests.Actors.XenStore;
using Tapvisor.Tests.Architecture;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>The service with a store of its own, as it is configured for development.</summary>
public sealed class XenStoreTests
{
    // What is waited for comes at once, or never.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    [Setting("tapvisor.xen.store")]
    [Setting("tapvisor.xen.backend-name")]
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
    [Setting("tapvisor.xen.toolstack")]
    public async Task A_device_is_served_as_the_toolstack_that_is_set_expects()
    {
        // xenopsd's device, which has no state 2 before its script has run, unless libxl is said to have made it.
        Assert.Equal("2", await ValueAsync("toolstack = libxl", "state", "2"));
    }

    [Theory]
    [InlineData("ring-page-order = 2", "max-ring-page-order", "2")]
    [InlineData("queues = 3", "multi-queue-max-queues", "3")]
    [InlineData("indirect-segments = 33", "feature-max-indirect-segments", "33")]
    [Setting("tapvisor.xen.ring-page-order")]
    [Setting("tapvisor.xen.queues")]
    [Setting("tapvisor.xen.indirect-segments")]
    public async Task A_guest_is_offered_what_is_set(string setting, string node, string value) =>
        Assert.Equal(value, await ValueAsync(setting, node, value));

    [Fact]
    [Setting("tapvisor.xen.enabled")]
    public async Task A_service_that_leaves_XenStore_to_others_has_none()
    {
        await using TestService service = await TestService.StartAsync("tapvisor.xen { enabled = off, store = embedded }");
        Assert.False(Path.Exists(service.Files.At("ctl/xenstore")));
    }

    /// <summary>What a node of a device holds as soon as it holds <paramref name="expected"/>, or in the end.</summary>
    private static async Task<string?> ValueAsync(string setting, string node, string expected)
    {
        await using TestService service = await TestService.StartAsync($"tapvisor.xen {{ store = embedded, {setting} }}");
        await using XenStoreClient toolstack = await XenStoreClient.ConnectAsync(new XenStoreEndpoint(service.Files.At("ctl/xenstore")));
        var device = new ScriptedVbd(toolstack, domId: 0);
        await using XenStoreWatch watch = await toolstack.WatchAsync($"{device.Backend}/{node}");
        await device.AddByXenOpsDAsync();
        using var patience = new CancellationTokenSource(s_patience);
        string? value = null;
        try
        {
            while (value != expected)
            {
                await watch.NextAsync(patience.Token);
                value = await toolstack.TryReadAsync($"{device.Backend}/{node}");
            }
        }
        catch (OperationCanceledException)
        {
            // It holds something else for good.
        }
        return value;
    }
}
