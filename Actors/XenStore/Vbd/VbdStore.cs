using System.Globalization;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>
/// Carries a device's decisions out: reading, deciding and writing are one transaction, so what was decided is true when it is written, and
/// a directory that is being removed does not come back.
/// </summary>
internal sealed class VbdStore(XenStoreClient client, VbdId id, VbdOptions options, OpenDisks disks)
{
    private readonly VbdPaths _paths = new(options);

    private string Directory => _paths.Device(id);

    /// <summary>What the machine makes of the nodes, and the frontend's directory, or null.</summary>
    internal Task<(VbdDecision Decision, string? FrontendPath)> FollowAsync(VbdMachine machine) => client.TransactAsync(async transaction =>
    {
        VbdSnapshot nodes = await ReadAsync(transaction, machine);
        VbdDecision decision = machine.Decide(nodes);
        bool hasChanged = await ApplyAsync(transaction, decision);
        if (!hasChanged && decision.Request is null && !decision.IsOver)
            transaction.Abandon();
        return (decision, nodes.FrontendPath);
    });

    /// <summary>Hears of every change of the frontend's state.</summary>
    internal Task<XenStoreWatch> WatchAsync(string frontendPath) => client.WatchAsync($"{frontendPath}/state");

    private async Task<VbdSnapshot> ReadAsync(XenStoreTransaction transaction, VbdMachine machine)
    {
        NodeValues backend = await ReadAsync(transaction, Directory, VbdSnapshot.BackendNodes);
        DiskClaim claim = DiskClaim.Of(backend["physical-device-path"], backend["physical-device"], disks, options.Pid, IsAlive);
        var nodes = new VbdSnapshot(backend, new NodeValues(new Dictionary<string, string>()), claim);
        return nodes.FrontendPath is { } path ? nodes with { Frontend = await ReadFrontendAsync(transaction, path, machine) } : nodes;
    }

    /// <summary>The offer is read as long as there is one that nobody has taken.</summary>
    private async Task<NodeValues> ReadFrontendAsync(XenStoreTransaction transaction, string path, VbdMachine machine)
    {
        string[] basic = ["state", "device-type", .. FrontendOffer.Nodes];
        NodeValues nodes = await ReadAsync(transaction, path, basic);
        bool hasOffer = nodes.State is XenbusState.Initialised
            || (nodes.State is XenbusState.Connected && machine.Ring is RingPhase.None);
        if (!hasOffer)
            return nodes;
        try
        {
            return await ReadAsync(transaction, path, [.. basic, .. FrontendOffer.RingNodes(nodes, options)]);
        }
        catch (VbdException)
        {
            // The machine meets the same node and says what is wrong with it.
            return nodes;
        }
    }

    /// <summary>Sends a request for every node before it waits for the first answer.</summary>
    private static async Task<NodeValues> ReadAsync(XenStoreTransaction transaction, string directory, IReadOnlyList<string> names)
    {
        string?[] values = await Task.WhenAll(names.Select(name => transaction.TryReadAsync($"{directory}/{name}")));
        var nodes = new Dictionary<string, string>();
        foreach ((string name, string? value) in names.Zip(values))
        {
            if (value is not null)
                nodes[name] = value;
        }
        return new NodeValues(nodes);
    }

    /// <summary>Whether anything is not as it was.</summary>
    private async Task<bool> ApplyAsync(XenStoreTransaction transaction, VbdDecision decision)
    {
        bool hasChanged = false;
        foreach (NodeWrite write in decision.Writes)
            hasChanged |= await WriteAsync(transaction, write);
        if (decision.State is { } state)
        {
            await transaction.WriteAsync($"{Directory}/state", ((int)state).ToString(CultureInfo.InvariantCulture));
            hasChanged = true;
        }
        if (decision.Failure is { } failure)
        {
            string text = $"{failure.Errno.ToString(CultureInfo.InvariantCulture)} {failure.Reason}";
            await transaction.WriteAsync($"{_paths.Error(id)}/error", text);
            hasChanged = true;
        }
        if (decision.RemovesDirectory)
        {
            await transaction.RemoveAsync(Directory);
            hasChanged = true;
        }
        return hasChanged | await TidyAsync(transaction, decision);
    }

    /// <summary>An error that is over is not shown any more.</summary>
    private async Task<bool> TidyAsync(XenStoreTransaction transaction, VbdDecision decision)
    {
        bool isOver = decision.IsOver || decision.RemovesDirectory || decision.State is XenbusState.Connected;
        if (!isOver || await transaction.TryReadAsync($"{_paths.Error(id)}/error") is null)
            return false;
        await transaction.RemoveAsync(_paths.Error(id));
        return true;
    }

    /// <summary>Only the guest and this domain may read it (upstream tapback/xenstore.c, tapback_device_printf).</summary>
    private async Task<bool> WriteAsync(XenStoreTransaction transaction, NodeWrite write)
    {
        string path = $"{Directory}/{write.Name}";
        if (await transaction.TryReadAsync(path) == write.Value)
            return false;
        await transaction.WriteAsync(path, write.Value);
        await transaction.SetPermissionsAsync(
            path, new XenStorePermission(options.DomId, XenStoreAccess.None), new XenStorePermission(id.DomId, XenStoreAccess.Read));
        return true;
    }

    private static bool IsAlive(int pid) => System.IO.Directory.Exists($"/proc/{pid}");
}
