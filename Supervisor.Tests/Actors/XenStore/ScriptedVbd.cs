using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>A device's nodes, written as toolstack, hotplug script and guest write them.</summary>
internal sealed class ScriptedVbd(XenStoreClient store, uint domId = 5, uint devId = 51712, string backendName = "vbd3")
{
    internal string Backend { get; } = $"/local/domain/0/backend/{backendName}/{domId}/{devId}";

    internal string Frontend { get; } = $"/local/domain/{domId}/device/vbd/{devId}";

    internal string Error { get; } = $"/local/domain/0/error/backend/{backendName}/{domId}/{devId}/error";

    /// <summary>libxl_disk.c, device_disk_add.</summary>
    internal Task AddByLibXlAsync(string mode = "w", string type = "disk") => AddAsync(
        ("params", "vhd:/srv/x.vhd"), ("script", "/etc/xen/scripts/block-tap"), ("removable", "1"), ("bootable", "1"), ("dev", "xvda"),
        ("type", "vbd3"), ("mode", mode), ("device-type", type), ("discard-enable", "1"), ("specification", "xen"));

    /// <summary>xenopsd device.ml, add_async.</summary>
    internal Task AddByXenOpsDAsync(string mode = "w", string type = "disk") => AddAsync(
        ("params", "nbd:unix:/run/sr/x:exportname=y"), ("removable", "0"), ("dev", "xvda"), ("type", "nbd"), ("mode", mode),
        ("device-type", type), ("polling-duration", "8000"), ("polling-idle-threshold", "50"));

    /// <summary>What block-tap, or xenopsd's block script, leaves.</summary>
    internal async Task PlugAsync(int pid = XenStoreSpec.Pid, int minor = XenStoreSpec.Minor)
    {
        await store.WriteAsync($"{Backend}/physical-device-path", $"/run/blktap-control/nbd{pid}.{minor}");
        await store.WriteAsync($"{Backend}/hotplug-status", "connected");
    }

    /// <summary>Linux blkfront.c, talk_to_blkback.</summary>
    internal Task OfferAsync(uint reference = 8, uint port = 9) => store.TransactAsync(async transaction =>
    {
        await transaction.WriteAsync($"{Frontend}/ring-ref", $"{reference}");
        await transaction.WriteAsync($"{Frontend}/event-channel", $"{port}");
        await transaction.WriteAsync($"{Frontend}/protocol", "x86_64-abi");
        await transaction.WriteAsync($"{Frontend}/feature-persistent", "1");
        await transaction.WriteAsync($"{Frontend}/state", "3");
    });

    internal Task FrontendsAsync(XenbusState state) => store.WriteAsync($"{Frontend}/state", $"{(int)state}");

    /// <summary>xl block-detach, and xenopsd's clean unplug.</summary>
    internal Task TakeAwayAsync() => store.TransactAsync(async transaction =>
    {
        await transaction.WriteAsync($"{Backend}/online", "0");
        await transaction.WriteAsync($"{Backend}/state", "5");
    });

    /// <summary>xl destroy: libxl_device.c with force.</summary>
    internal Task DestroyByLibXlAsync() => store.TransactAsync(async transaction =>
    {
        await transaction.RemoveAsync(Frontend);
        await transaction.WriteAsync($"{Backend}/online", "0");
        await transaction.WriteAsync($"{Backend}/state", "5");
    });

    internal Task RemoveFrontendAsync() => store.RemoveAsync(Frontend);

    internal Task RemoveBackendAsync() => store.RemoveAsync(Backend);

    internal Task WriteAsync(string node, string value) => store.WriteAsync($"{Backend}/{node}", value);

    internal Task<string?> ReadAsync(string node) => store.TryReadAsync($"{Backend}/{node}");

    private Task AddAsync(params (string Name, string Value)[] nodes) => store.TransactAsync(async transaction =>
    {
        await transaction.MakeDirectoryAsync(Backend);
        await transaction.SetPermissionsAsync(Backend, new(0, XenStoreAccess.None), new(domId, XenStoreAccess.Read));
        await transaction.MakeDirectoryAsync(Frontend);
        await transaction.SetPermissionsAsync(Frontend, new(domId, XenStoreAccess.None), new(0, XenStoreAccess.Read));
        foreach ((string name, string value) in nodes)
            await transaction.WriteAsync($"{Backend}/{name}", value);
        await transaction.WriteAsync($"{Backend}/frontend", Frontend);
        await transaction.WriteAsync($"{Backend}/frontend-id", $"{domId}");
        await transaction.WriteAsync($"{Backend}/online", "1");
        await transaction.WriteAsync($"{Backend}/state", "1");
        await transaction.WriteAsync($"{Frontend}/backend", Backend);
        await transaction.WriteAsync($"{Frontend}/backend-id", "0");
        await transaction.WriteAsync($"{Frontend}/virtual-device", $"{devId}");
        await transaction.WriteAsync($"{Frontend}/state", "1");
    });
}
