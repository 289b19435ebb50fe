using System.Runtime.CompilerServices;
using Tapvisor.RingDevices.XenBlkif.Wire;
using static Tapvisor.RingDevices.XenBlkif.Wire.BlkifLimits;

namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>
/// The one gate for what a guest writes: a request is looked at here once, in this order, in our own copy (XSA-155). Range, rights and
/// abilities of the image are the request queue's gate.
/// </summary>
internal static unsafe class BlkifGate
{
    private const long MaxSector = long.MaxValue / SectorSize / 2;

    /// <summary>Understands a request.</summary>
    /// <returns>Null if it is sound so far, else what is wrong with it.</returns>
    internal static BlkifRefusal? Parse(BlkifSlot slot, BlkifLayout layout, bool isReadOnly, bool canDiscardSecurely)
    {
        byte* raw = slot.Raw;
        slot.RawOperation = raw[BlkifLayout.Operation];
        slot.Operation = (BlkifOp)slot.RawOperation;
        slot.Id = Unsafe.ReadUnaligned<ulong>(raw + layout.Id);
        slot.Sector = 0;
        slot.Sectors = 0;
        slot.SegmentCount = 0;
        slot.IsIndirect = false;
        BlkifRefusal? refusal = slot.Operation switch
        {
            BlkifOp.BLKIF_OP_READ or BlkifOp.BLKIF_OP_WRITE => ParseDirect(slot, layout, mayBeEmpty: false),
            BlkifOp.BLKIF_OP_WRITE_BARRIER or BlkifOp.BLKIF_OP_FLUSH_DISKCACHE => ParseDirect(slot, layout, mayBeEmpty: true),
            BlkifOp.BLKIF_OP_DISCARD => ParseDiscard(slot, layout, canDiscardSecurely),
            BlkifOp.BLKIF_OP_INDIRECT => ParseIndirect(slot, layout),
            _ => BlkifRefusal.UnknownOperation,
        };
        if (refusal is null && isReadOnly && slot.IsMutation)
            return BlkifRefusal.ReadOnly;
        return refusal;
    }

    /// <summary>Looks at the segments, once they are in our memory, and adds them up.</summary>
    internal static BlkifRefusal? CheckSegments(BlkifSlot slot)
    {
        slot.Sectors = 0;
        for (int i = 0; i < slot.SegmentCount; i++)
        {
            if (!slot.Segments[i].IsSound)
                return BlkifRefusal.SegmentOutsidePage;
            slot.Sectors += slot.Segments[i].Sectors;
        }
        return null;
    }

    private static BlkifRefusal? ParseDirect(BlkifSlot slot, BlkifLayout layout, bool mayBeEmpty)
    {
        int count = slot.Raw[BlkifLayout.SegmentCount];
        if (count > MaxSegments || (count == 0 && !mayBeEmpty))
            return BlkifRefusal.SegmentCount;
        slot.SegmentCount = count;

        // The sector of an empty flush means nothing: guests leave there what they like.
        if (count > 0 && !TakeSector(slot, layout))
            return BlkifRefusal.Sector;
        Unsafe.CopyBlockUnaligned(slot.Segments, slot.Raw + layout.Segments, (uint)(count * BlkifSegment.Size));
        return CheckSegments(slot);
    }

    private static BlkifRefusal? ParseDiscard(BlkifSlot slot, BlkifLayout layout, bool canDiscardSecurely)
    {
        if ((slot.Raw[BlkifLayout.DiscardFlag] & BlkifLayout.DiscardSecure) != 0 && !canDiscardSecurely)
            return BlkifRefusal.SecureDiscard;
        ulong sectors = Unsafe.ReadUnaligned<ulong>(slot.Raw + layout.DiscardSectors);
        if (!TakeSector(slot, layout) || sectors is 0 or > MaxSector)
            return BlkifRefusal.Sector;
        slot.Sectors = (long)sectors;
        return null;
    }

    private static BlkifRefusal? ParseIndirect(BlkifSlot slot, BlkifLayout layout)
    {
        // A response names the inner operation: Linux disables a disk that answers 6. A wrong one is repeated as it is.
        slot.RawOperation = slot.Raw[BlkifLayout.IndirectOperation];
        slot.Operation = (BlkifOp)slot.RawOperation;
        if (slot.Operation is not (BlkifOp.BLKIF_OP_READ or BlkifOp.BLKIF_OP_WRITE))
            return BlkifRefusal.IndirectOperation;
        int count = Unsafe.ReadUnaligned<ushort>(slot.Raw + BlkifLayout.IndirectSegmentCount);
        if (count is 0 or > MaxIndirectSegments)
            return BlkifRefusal.SegmentCount;
        if (!TakeSector(slot, layout))
            return BlkifRefusal.Sector;
        slot.IsIndirect = true;
        slot.SegmentCount = count;

        // One page lists 512 segments, twice what we allow.
        slot.IndirectGref = Unsafe.ReadUnaligned<uint>(slot.Raw + layout.IndirectGrefs);
        return null;
    }

    private static bool TakeSector(BlkifSlot slot, BlkifLayout layout)
    {
        ulong sector = Unsafe.ReadUnaligned<ulong>(slot.Raw + layout.SectorNumber);
        slot.Sector = (long)sector;
        return sector <= MaxSector;
    }
}
