using Tapvisor.BlockIo.Buffers;
using Tapvisor.Disks.Requests;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>One request of a guest from its consumption until its response is published; reused.</summary>
/// <param name="index">Its number in its ring, which the queue's request carries as its tag.</param>
/// <param name="record">Its place in the shadow; the request's own copy lies there.</param>
/// <param name="segments">Room for <see cref="BlkifLimits.MaxIndirectSegments"/> segments.</param>
internal sealed unsafe class BlkifSlot(int index, ShadowRecord* record, BlkifSegment* segments)
{
    internal int Index => index;

    internal ShadowRecord* Record => record;

    /// <summary>As the guest wrote it, copied once.</summary>
    internal byte* Raw => record->Request;

    internal BlkifSegment* Segments => segments;

    /// <summary>What goes to the queue; rented when first needed.</summary>
    internal BlockRequest? Request { get; set; }

    /// <summary>Where it is on its route (<see cref="SlotPhases.Step"/>); of no meaning before it has passed the gate.</summary>
    internal int Step { get; set; }

    internal SlotPhase Phase => SlotPhases.Step(Step).Phase;

    /// <summary>As the response names it: of an indirect request the inner one.</summary>
    internal BlkifOp Operation { get; set; }

    /// <summary>The byte that the response repeats.</summary>
    internal byte RawOperation { get; set; }

    internal ulong Id { get; set; }

    internal long Sector { get; set; }

    /// <summary>Sectors of 512 bytes: of all segments, or to discard.</summary>
    internal long Sectors { get; set; }

    internal int SegmentCount { get; set; }

    /// <summary>Where the list of an indirect request's segments is; 0 segments came with the request itself.</summary>
    internal uint IndirectGref { get; set; }

    internal bool IsIndirect { get; set; }

    /// <summary>Data; rented while its length is not 0.</summary>
    internal IoBuffer Buffer { get; set; }

    /// <summary>Tries of the copy under way.</summary>
    internal int Attempts { get; set; }

    /// <summary>When it was taken, on the clock of the engine.</summary>
    internal long StartedAt { get; set; }

    /// <summary>What the copy under way met; 0 for nothing.</summary>
    internal short CopyStatus { get; set; }

    /// <summary>Pages that the copy of this phase touches: the list of segments, or what the segments name.</summary>
    internal int GrantCount => Phase == SlotPhase.CopyingSegments ? 1 : SegmentCount;

    internal bool MovesData => SegmentCount > 0;

    internal bool IsMutation => Operation is BlkifOp.BLKIF_OP_DISCARD || (Operation is not BlkifOp.BLKIF_OP_READ && MovesData);

    /// <summary>One of <see cref="GrantCount"/>.</summary>
    internal uint Grant(int index) => Phase == SlotPhase.CopyingSegments ? IndirectGref : Segments[index].Gref;
}
