using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.Actors.XenStore.Fuzz;

/// <summary>A guest that writes whatever it may, through a connection of its own, and a toolstack that does as it likes with its devices.</summary>
internal sealed class FuzzGuest(Random random, XenStoreClient dom0, XenStoreClient own, uint domId, int devices) : IAsyncDisposable
{
    private readonly ScriptedVbd[] _devices = [.. Enumerable.Range(1, devices).Select(i => new ScriptedVbd(dom0, domId, (uint)i))];

    internal uint DomId => domId;

    internal IReadOnlyList<ScriptedVbd> Devices => _devices;

    /// <summary>How often its toolstack touched a device, which may have become a new one by that.</summary>
    internal int Touches { get; private set; }

    private string Home => $"/local/domain/{domId}";

    private int Minor => FuzzRings.FirstMinor(domId) + random.Next(FuzzRings.MinorsOfAGuest);

    public ValueTask DisposeAsync() => own.DisposeAsync();

    /// <summary>Its home, which it may own as a whole, or only the devices in it.</summary>
    internal async Task BeginAsync(bool ownsHome)
    {
        await dom0.IntroduceAsync(domId, 0, 0);
        await dom0.MakeDirectoryAsync(Home);
        if (ownsHome)
            await dom0.SetPermissionsAsync(Home, new(domId, XenStoreAccess.None), new(0, XenStoreAccess.Read));
        foreach (ScriptedVbd device in _devices)
            await MakeAsync(device);
    }

    /// <summary>Something that it does itself.</summary>
    internal Task MisbehaveAsync()
    {
        ScriptedVbd device = Any();
        string node = $"{device.Frontend}/{FuzzNodes.Frontend(random)}";
        string foreign = random.Next(3) switch
        {
            0 => $"{device.Backend}/{FuzzNodes.Backend(random)}",
            1 => $"/local/domain/{random.Next(3)}/device/vbd/1/state",
            _ => $"{Home}/{FuzzNodes.Any(random, ["", "device", "device/vbd", "data", "domid"])}".TrimEnd('/'),
        };
        return TryAsync(random.Next(16) switch
        {
            0 => own.RemoveAsync(node),
            1 => own.RemoveAsync(device.Frontend),
            2 => own.SetPermissionsAsync(node, new(domId, (XenStoreAccess)random.Next(4)), new(0, (XenStoreAccess)random.Next(4))),
            3 => own.WriteAsync(foreign, FuzzNodes.Value(random)),
            4 => own.RemoveAsync(foreign),
            5 or 6 => own.WriteAsync($"{device.Frontend}/state", $"{random.Next(9)}"),
            7 or 8 or 9 => OfferAsync(device),
            10 => own.WatchAsync(foreign),
            _ => own.WriteAsync(node, FuzzNodes.Value(random)),
        });
    }

    /// <summary>Something that its toolstack does.</summary>
    internal Task DisturbAsync()
    {
        ScriptedVbd device = Any();
        Touches++;
        return TryAsync(random.Next(20) switch
        {
            0 => device.RemoveBackendAsync(),
            1 => device.RemoveFrontendAsync(),
            2 => device.TakeAwayAsync(),
            3 => device.DestroyByLibXlAsync(),
            4 or 5 or 6 => MakeAsync(device),
            7 or 8 or 9 => device.PlugAsync(minor: Minor),
            10 => dom0.RemoveAsync($"{device.Backend}/{FuzzNodes.Backend(random)}"),
            11 => dom0.ReleaseAsync(domId),
            12 or 13 => dom0.IntroduceAsync(domId, 0, 0),
            14 => device.WriteAsync("frontend", AnyPath(device)),
            15 => dom0.SetPermissionsAsync(device.Backend, new(domId, XenStoreAccess.Both), new(0, XenStoreAccess.None)),
            16 => dom0.WriteAsync($"/local/domain/0/backend/vbd3/{AnyName()}", FuzzNodes.Value(random)),
            _ => device.WriteAsync(FuzzNodes.Backend(random), Harmless(FuzzNodes.Value(random))),
        });
    }

    /// <summary>Everything goes, as after its destruction; then there is nothing of it anywhere.</summary>
    internal async Task EndAsync()
    {
        foreach (ScriptedVbd device in _devices)
        {
            await RemoveAsync(device.Frontend);
            await RemoveAsync(device.Backend);
        }
        await RemoveAsync(Home);
        await RemoveAsync($"/local/domain/0/backend/vbd3/{domId}");
    }

    /// <summary>Its devices as both sides make them when all is well.</summary>
    internal async Task BehaveAsync()
    {
        await dom0.IntroduceAsync(domId, 0, 0);
        foreach (ScriptedVbd device in _devices)
        {
            await device.AddByLibXlAsync();
            await device.PlugAsync(minor: FuzzRings.FirstMinor(domId));
            await device.OfferAsync();
        }
    }

    /// <summary>Whatever the store refuses, and whatever a lost connection swallows, is not done.</summary>
    internal static async Task TryAsync(Task action)
    {
        try
        {
            await action;
        }
        catch (XenStoreException)
        {
        }
    }

    private async Task RemoveAsync(string path)
    {
        try
        {
            await dom0.RemoveAsync(path);
        }
        catch (XenStoreException e) when (e.Errno == Errno.ENOENT)
        {
            // So is what is above it.
        }
    }

    private async Task MakeAsync(ScriptedVbd device)
    {
        if (random.Next(2) == 0)
            await device.AddByLibXlAsync();
        else
            await device.AddByXenOpsDAsync();
        await device.PlugAsync(minor: Minor);
    }

    private Task OfferAsync(ScriptedVbd device) => own.TransactAsync(async transaction =>
    {
        await transaction.WriteAsync($"{device.Frontend}/ring-ref", $"{random.Next(4)}");
        await transaction.WriteAsync($"{device.Frontend}/event-channel", $"{random.Next(4)}");
        await transaction.WriteAsync($"{device.Frontend}/protocol", "x86_64-abi");
        await transaction.WriteAsync($"{device.Frontend}/state", random.Next(4) == 0 ? "4" : "3");
    });

    /// <summary>Where a frontend may be said to be, with another guest's, the backend itself and what is none.</summary>
    private string AnyPath(ScriptedVbd device) => random.Next(6) switch
    {
        0 => device.Backend,
        1 => "/local/domain/1/device/vbd/1",
        2 => Any().Frontend,
        3 => "/" + new string('x', random.Next(4000)),
        4 => FuzzNodes.Value(random),
        _ => device.Frontend,
    };

    /// <summary>Names of what is no device, or no device of this guest.</summary>
    private string AnyName() => FuzzNodes.Any(
        random, ["x", "x/1/state", $"0{domId}/1/state", $"{domId}/x/state", $"{domId}/01/state", "4294967296/1/state", "-1/1", "32752/1/state"]);

    /// <summary>A toolstack is trusted not to name another guest's disk.</summary>
    private static string Harmless(string value) =>
        value.Contains("nbd", StringComparison.Ordinal) || value.Contains(':', StringComparison.Ordinal) ? "" : value;

    private ScriptedVbd Any() => _devices[random.Next(_devices.Length)];
}
