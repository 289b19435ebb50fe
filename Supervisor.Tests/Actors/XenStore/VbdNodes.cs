using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Messages.Blkif;
using Tapvisor.XenStore;

namespace Tapvisor.Tests.Actors.XenStore;

/// <summary>A device's nodes as the toolstacks write them, and a machine that decides about them.</summary>
internal sealed class VbdNodes
{
    internal const int Pid = 4711;

    internal static readonly VbdId Id = new(5, 51712);

    internal static readonly BlkifFeatures Features = new(
        Sectors: 2048,
        SectorBytes: 512,
        PhysicalSectorBytes: 4096,
        Info: 0,
        CanDiscard: true,
        DiscardGranularity: 4096,
        DiscardAlignment: 0,
        CanDiscardSecurely: false,
        KeepsGrants: true);

    internal VbdNodes(bool isLibXl = true, VbdOptions? options = null)
    {
        Machine = new VbdMachine(Id, (options ?? new VbdOptions()) with { Pid = Pid });
        if (isLibXl)
            Backend["script"] = "/etc/xen/scripts/block-tap";
    }

    internal Dictionary<string, string> Backend { get; } = new()
    {
        ["frontend"] = "/local/domain/5/device/vbd/51712",
        ["frontend-id"] = "5",
        ["online"] = "1",
        ["state"] = "1",
        ["mode"] = "w",
        ["device-type"] = "disk",
    };

    internal Dictionary<string, string> Frontend { get; } = new() { ["state"] = "1", ["device-type"] = "disk" };

    internal DiskClaim Claim { get; set; } = DiskClaim.None;

    internal VbdMachine Machine { get; set; }

    /// <summary>What the machine decided last.</summary>
    internal VbdDecision Last { get; private set; } = null!;

    internal string? State => Backend.GetValueOrDefault("state");

    internal static OpenDisk Disk(int minor = 3, ulong sectors = 2048) => new(minor, [$"nbd{Pid}.{minor}"], sectors);

    internal static DiskClaim Ours(int minor = 3) => new(DiskOwner.Ours, minor, Disk(minor));

    /// <summary>As the hotplug script leaves it.</summary>
    internal VbdNodes Plug(int minor = 3)
    {
        Backend["physical-device-path"] = $"/run/blktap-control/nbd{Pid}.{minor}";
        Backend["hotplug-status"] = "connected";
        Claim = Ours(minor);
        return this;
    }

    /// <summary>As Linux' blkfront offers a ring of one page.</summary>
    internal VbdNodes Offer(uint reference = 8, uint port = 9)
    {
        Frontend["ring-ref"] = $"{reference}";
        Frontend["event-channel"] = $"{port}";
        Frontend["protocol"] = "x86_64-abi";
        Frontend["feature-persistent"] = "1";
        Frontend["state"] = "3";
        return this;
    }

    /// <summary>Decides once, and carries it out.</summary>
    internal VbdDecision Decide()
    {
        Last = Machine.Decide(new VbdSnapshot(new NodeValues(Backend), new NodeValues(Frontend), Claim));
        Machine = Last.Next;
        foreach (NodeWrite write in Last.Writes)
            Backend[write.Name] = write.Value;
        if (Last.State is { } state)
            Backend["state"] = $"{(int)state}";
        if (Last.RemovesDirectory)
            Backend.Clear();
        return Last;
    }

    /// <summary>Through the states until the guest uses the disk.</summary>
    internal VbdNodes Connect()
    {
        Plug();
        Decide();
        Offer();
        Decide();
        Machine = Machine.Connected(Features);
        Decide();
        Frontend["state"] = "4";
        return this;
    }

    internal VbdNodes Frontends(XenbusState state)
    {
        Frontend["state"] = $"{(int)state}";
        return this;
    }
}
