using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Grants;

/// <summary>
/// Gathers the copies of many requests for one system call; what is mapped already is copied at once. Each request learns the first bad
/// status of its own segments; one request's mistake costs no other.
/// </summary>
internal sealed unsafe class GrantCopier : IDisposable
{
    // Several of the largest requests; the kernel splits what it is given into what the hypervisor takes.
    private const int Capacity = 4 * BlkifLimits.MaxIndirectSegments;

    private readonly IGrantTable _grants;
    private readonly gntdev_grant_copy_segment* _segments;
    private readonly (BlkifSlot Slot, int First, int Count)[] _ranges = new (BlkifSlot, int, int)[Capacity];
    private int _rangeCount;
    private int _count;

    internal GrantCopier(IGrantTable grants)
    {
        _grants = grants;
        _segments = (gntdev_grant_copy_segment*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(gntdev_grant_copy_segment));
    }

    /// <summary>Room for one more request, whatever it is.</summary>
    internal bool HasRoom => _rangeCount < Capacity && _count + BlkifLimits.MaxIndirectSegments <= Capacity;

    /// <summary>The list of an indirect request's segments, to <see cref="BlkifSlot.Segments"/>.</summary>
    internal void AddSegmentList(BlkifSlot slot, uint domId, KeptGrants? kept)
    {
        Begin(slot);
        int length = slot.SegmentCount * BlkifSegment.Size;
        if ((kept?.Find(slot.IndirectGref) ?? 0) is not 0 and nint list)
        {
            Unsafe.CopyBlockUnaligned(slot.Segments, (void*)list, (uint)length);
            return;
        }
        gntdev_grant_copy_segment* segment = Next(GrantStatus.GNTCOPY_source_gref, length);
        segment->source = new() { @ref = slot.IndirectGref, domid = (ushort)domId };
        segment->dest = new() { virt = (nint)slot.Segments };
    }

    /// <summary>The guest's data to the slot's buffer, or the other way round.</summary>
    internal void AddData(BlkifSlot slot, uint domId, KeptGrants? kept, bool toGuest)
    {
        Begin(slot);
        nint address = slot.Buffer.Address;
        for (int i = 0; i < slot.SegmentCount; i++)
        {
            int length = Bytes(slot, i);
            if (Mapped(slot, i, kept) is not 0 and nint page)
            {
                (nint from, nint to) = toGuest ? (address, page) : (page, address);
                Unsafe.CopyBlockUnaligned((void*)to, (void*)from, (uint)length);
            }
            else
            {
                gntdev_grant_copy_segment* segment = Next(
                    toGuest ? GrantStatus.GNTCOPY_dest_gref : GrantStatus.GNTCOPY_source_gref, length);
                gntdev_grant_copy_segment.side own = new() { virt = address };
                gntdev_grant_copy_segment.side granted = Granted(slot, i, domId);
                (segment->source, segment->dest) = toGuest ? (own, granted) : (granted, own);
            }
            address += length;
        }
    }

    /// <summary>Copies, and tells each slot its <see cref="BlkifSlot.CopyStatus"/>.</summary>
    internal void Run()
    {
        int result = _count > 0 ? _grants.Copy(new Span<gntdev_grant_copy_segment>(_segments, _count)) : 0;
        for (int i = 0; i < _rangeCount; i++)
        {
            (BlkifSlot slot, int first, int count) = _ranges[i];
            _ranges[i].Slot = null!;

            // A call that failed says nothing about anybody: each request gets a call of its own.
            int own = count == 0 ? 0
                : result == 0 || _rangeCount == 1 ? result
                : _grants.Copy(new Span<gntdev_grant_copy_segment>(_segments + first, count));
            slot.CopyStatus = own == 0 ? Worst(first, count) : GrantStatus.GNTST_bad_copy_arg;
        }
        _rangeCount = 0;
        _count = 0;
    }

    /// <summary>Gives up what was gathered and not copied.</summary>
    internal void Forget()
    {
        Array.Clear(_ranges, 0, _rangeCount);
        _rangeCount = 0;
        _count = 0;
    }

    public void Dispose() => NativeMemory.Free(_segments);

    private static int Bytes(BlkifSlot slot, int index) => slot.Segments[index].Sectors * BlkifLimits.SectorSize;

    /// <summary>Where a segment's bytes are in our own memory, or 0.</summary>
    private static nint Mapped(BlkifSlot slot, int index, KeptGrants? kept) =>
        (kept?.Find(slot.Segments[index].Gref) ?? 0) is not 0 and nint page ? page + Offset(slot, index) : 0;

    private static int Offset(BlkifSlot slot, int index) => slot.Segments[index].FirstSect * BlkifLimits.SectorSize;

    private static gntdev_grant_copy_segment.side Granted(BlkifSlot slot, int index, uint domId) => new()
    {
        @ref = slot.Segments[index].Gref,
        offset = (ushort)Offset(slot, index),
        domid = (ushort)domId,
    };

    private void Begin(BlkifSlot slot) => _ranges[_rangeCount++] = (slot, _count, 0);

    private gntdev_grant_copy_segment* Next(ushort flags, int length)
    {
        gntdev_grant_copy_segment* segment = _segments + _count++;
        segment->flags = flags;
        segment->len = (ushort)length;
        segment->status = GrantStatus.GNTST_okay;
        _ranges[_rangeCount - 1].Count++;
        return segment;
    }

    // To try again is only worth while as long as nothing else is wrong.
    private short Worst(int first, int count)
    {
        short worst = GrantStatus.GNTST_okay;
        for (int i = first; i < first + count; i++)
        {
            short status = _segments[i].status;
            if (status != GrantStatus.GNTST_okay && (worst == GrantStatus.GNTST_okay || worst == GrantStatus.GNTST_eagain))
                worst = status;
        }
        return worst;
    }
}
