using System.Globalization;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>What it writes besides the state; names and units are those of public header io/blkif.h.</summary>
internal sealed partial record VbdMachine
{
    private const uint VDISK_CDROM = 1;
    private const uint VDISK_READONLY = 4;
    private const uint LargeSectorBytes = 4096;
    private const ulong SectorsInLarge = 8;

    /// <summary>What a frontend reads before it makes its offer.</summary>
    private NodeWrite[] Limits() =>
    [
        new("max-ring-page-order", Text(Options.MaxRingPageOrder)),
        new("multi-queue-max-queues", Text(Options.MaxQueues)),
        new("feature-max-indirect-segments", Text(Options.MaxIndirectSegments)),
    ];

    /// <summary>
    /// Who serves it, for xenopsd's ionice and for rrdp-iostat. After a takeover from a dead service the nodes that its hotplug script left
    /// say so, too, or the script could not detach the disk.
    /// </summary>
    private List<NodeWrite> Identity(VbdSnapshot nodes, OpenDisk disk)
    {
        var writes = new List<NodeWrite> { new("kthread-pid", Text(Options.Pid)) };
        if (nodes.Backend["physical-device-path"] is not { Length: > 0 } path)
            return writes;
        int name = path.LastIndexOf('/') + 1;
        if (path[name..] != disk.Sockets[0])
        {
            writes.Add(new NodeWrite("physical-device-path", path[..name] + disk.Sockets[0]));
            if (nodes.Backend["pid"] is not null)
                writes.Add(new NodeWrite("pid", Text(Options.Pid)));
        }
        return writes;
    }

    /// <summary>What a frontend reads when it sees state 4. A feature that is gone is written as such.</summary>
    private List<NodeWrite> Announcement(VbdSnapshot nodes)
    {
        var writes = new List<NodeWrite>();
        if (Features is { } features)
        {
            nodes.CheckDeviceType();
            uint info = features.Info | (nodes.IsCdRom ? VDISK_CDROM : 0) | (nodes.IsReadOnly ? VDISK_READONLY : 0);
            bool discards = features.CanDiscard && !nodes.IsReadOnly && nodes.Backend["discard-enable"] != "0";
            writes.AddRange(
            [
                new("sector-size", Text(AtLeastLogical(features.SectorBytes))),
                new("physical-sector-size", Text(AtLeastLogical(features.PhysicalSectorBytes))),
                new("info", Text(info)),
                new("feature-flush-cache", "1"),
                new("feature-barrier", "1"),
                new(FrontendOffer.KeepsGrants, features.KeepsGrants ? "1" : "0"),
                new("feature-discard", discards ? "1" : "0"),
                new("discard-granularity", Text(AtLeastLogical(features.DiscardGranularity))),
                new("discard-alignment", Text(features.DiscardAlignment)),
                new("discard-secure", discards && features.CanDiscardSecurely ? "1" : "0"),
            ]);
        }
        if (Sectors is not null)
            writes.Add(new NodeWrite("sectors", SectorsText(nodes)));
        return writes;

        uint AtLeastLogical(uint bytes) => nodes.WantsLargeSectors ? Math.Max(bytes, LargeSectorBytes) : bytes;
    }

    /// <summary>Always in units of 512 bytes (io/blkif.h).</summary>
    private string SectorsText(VbdSnapshot nodes) => Text(nodes.WantsLargeSectors ? Sectors / SectorsInLarge * SectorsInLarge : Sectors);

    private static string Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
