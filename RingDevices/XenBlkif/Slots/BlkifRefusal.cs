using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>Why a request is answered without having been tried.</summary>
/// <param name="Status">What the guest is told.</param>
/// <param name="Reason">What the log is told.</param>
internal sealed record BlkifRefusal(BlkifStatus Status, string Reason)
{
    internal static readonly BlkifRefusal UnknownOperation =
        new(BlkifStatus.BLKIF_RSP_EOPNOTSUPP, "There is no such operation.");

    internal static readonly BlkifRefusal SecureDiscard =
        new(BlkifStatus.BLKIF_RSP_EOPNOTSUPP, "The image cannot discard securely.");

    internal static readonly BlkifRefusal SegmentCount =
        new(BlkifStatus.BLKIF_RSP_ERROR, "It has no segments, or more than are allowed.");

    internal static readonly BlkifRefusal SegmentOutsidePage =
        new(BlkifStatus.BLKIF_RSP_ERROR, "A segment ends before it begins, or outside its page.");

    internal static readonly BlkifRefusal Sector =
        new(BlkifStatus.BLKIF_RSP_ERROR, "Its sectors are beyond what any disk has, or none.");

    internal static readonly BlkifRefusal IndirectOperation =
        new(BlkifStatus.BLKIF_RSP_ERROR, "Only reads and writes may be indirect.");

    internal static readonly BlkifRefusal ReadOnly =
        new(BlkifStatus.BLKIF_RSP_ERROR, "The guest may only read this disk.");

    internal static readonly BlkifRefusal BadGrant =
        new(BlkifStatus.BLKIF_RSP_ERROR, "A page that it names is not granted, or not so.");
}
