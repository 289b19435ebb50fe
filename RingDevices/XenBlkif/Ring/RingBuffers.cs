using System.Diagnostics.CodeAnalysis;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// The memory of a ring's requests, by the disk's quota, and those that wait for it in their order. Each ring gets one buffer whatever
/// others hold: it never waits for one that only its own progress could free.
/// </summary>
internal sealed class RingBuffers(RingContext ring)
{
    private readonly BufferPool _pool = ring.Engine.Buffers;
    private readonly BufferQuota _quota = ring.Device.Queue.Quota;
    private readonly Queue<BlkifSlot> _starved = new(ring.Pages.Size);
    private int _rented;

    /// <summary>Requests wait for memory.</summary>
    internal bool AnyStarved => _starved.Count > 0;

    /// <summary>Gives a request its memory, or has it wait for some.</summary>
    internal bool TryGive(BlkifSlot slot)
    {
        if (_starved.Count == 0 && TryRent(slot))
            return true;
        _starved.Enqueue(slot);
        return false;
    }

    /// <summary>Takes the first that waited, if there is memory for it by now.</summary>
    internal bool TryFeed([NotNullWhen(true)] out BlkifSlot? slot)
    {
        if (!_starved.TryPeek(out slot) || !TryRent(slot))
            return false;
        _starved.Dequeue();
        return true;
    }

    /// <summary>Takes the memory of a request back, if it has any.</summary>
    internal void TakeBack(BlkifSlot slot)
    {
        if (slot.Buffer.Length == 0)
            return;
        _pool.Return(slot.Buffer, _quota);
        slot.Buffer = default;
        _rented--;
        if (_starved.Count > 0)
            ring.Work.Open();
    }

    private bool TryRent(BlkifSlot slot)
    {
        var length = (int)(slot.Sectors * BlkifLimits.SectorSize);
        if (_rented == 0)
            slot.Buffer = _pool.Rent(length, _quota);
        else if (_pool.TryRent(length, _quota, out IoBuffer buffer))
            slot.Buffer = buffer;
        else
            return false;
        _rented++;
        return true;
    }
}
