using System.Runtime.InteropServices;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>The slots of one ring: as many as it has entries, and which of them are free.</summary>
internal sealed unsafe class RingSlots
{
    private readonly BlkifSegment* _segments;
    private readonly BlkifSlot[] _slots;
    private readonly Stack<BlkifSlot> _free;

    /// <param name="size">Entries of the ring.</param>
    /// <param name="shadow">Where their requests lie.</param>
    internal RingSlots(int size, RingShadow shadow)
    {
        // Mostly untouched, and so not resident: few requests are indirect or large.
        _segments = (BlkifSegment*)NativeMemory.AllocZeroed((nuint)size * BlkifLimits.MaxIndirectSegments, BlkifSegment.Size);
        _slots = new BlkifSlot[size];
        _free = new Stack<BlkifSlot>(size);
        for (int i = size - 1; i >= 0; i--)
        {
            _slots[i] = new BlkifSlot(i, shadow.Record(i), _segments + (i * BlkifLimits.MaxIndirectSegments));
            _free.Push(_slots[i]);
        }
    }

    internal IReadOnlyList<BlkifSlot> All => _slots;

    internal bool AnyFree => _free.Count > 0;

    internal BlkifSlot this[int index] => _slots[index];

    internal BlkifSlot Take() => _free.Pop();

    internal void GiveBack(BlkifSlot slot) => _free.Push(slot);

    /// <summary>A dead process used these: they are not free.</summary>
    internal void Claim(List<int> inherited)
    {
        var others = new List<BlkifSlot>(_free);
        _free.Clear();
        foreach (BlkifSlot slot in Enumerable.Reverse(others))
        {
            if (!inherited.Contains(slot.Index))
                _free.Push(slot);
        }
    }

    /// <summary>Gives their memory back; nobody may touch a slot's segments any more.</summary>
    internal void Free() => NativeMemory.Free(_segments);
}
