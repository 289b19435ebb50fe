namespace Tapvisor.Messages.Blkif;

/// <summary>What a connected block backend really can, for the guest to read (public header io/blkif.h).</summary>
/// <param name="Sectors">Size in sectors of 512 bytes, whatever <paramref name="SectorBytes"/> is.</param>
/// <param name="SectorBytes">Logical block size.</param>
/// <param name="PhysicalSectorBytes">What the storage writes at once.</param>
/// <param name="Info">VDISK_CDROM 1, VDISK_REMOVABLE 2, VDISK_READONLY 4.</param>
/// <param name="CanDiscard">BLKIF_OP_DISCARD is served.</param>
/// <param name="DiscardGranularity">Bytes.</param>
/// <param name="DiscardAlignment">Bytes.</param>
/// <param name="CanDiscardSecurely">With BLKIF_DISCARD_SECURE.</param>
/// <param name="KeepsGrants">feature-persistent: pages that the guest leaves granted stay mapped.</param>
public sealed record BlkifFeatures(
    ulong Sectors,
    uint SectorBytes,
    uint PhysicalSectorBytes,
    uint Info,
    bool CanDiscard,
    uint DiscardGranularity,
    uint DiscardAlignment,
    bool CanDiscardSecurely,
    bool KeepsGrants);
