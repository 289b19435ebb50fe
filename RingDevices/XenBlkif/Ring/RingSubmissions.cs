using System.Diagnostics.CodeAnalysis;
using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>What a ring has at the disk's queue, and what the disk is done with.</summary>
internal sealed class RingSubmissions(RingContext ring, RingSlots slots) : IRequestOwner
{
    private readonly RequestQueue _queue = ring.Device.Queue;
    private readonly Queue<BlkifSlot> _done = new(ring.Pages.Size);

    /// <summary>Requests that the queue has: what may still be written.</summary>
    internal int Count { get; private set; }

    /// <summary>The disk goes away from the guest: what waits for an image is not worth waiting for.</summary>
    public bool IsWithdrawn => ring.IsStopping;

    internal void Submit(BlkifSlot slot, BlockOperation operation)
    {
        BlockRequest request = slot.Request ??= _queue.Rent(this);
        bool moves = operation != BlockOperation.Flush;
        request.Tag = (ulong)slot.Index;
        request.Operation = operation;
        request.Options = WriteOptions.None;
        request.Offset = moves ? slot.Sector * BlkifLimits.SectorSize : 0;
        request.Length = moves ? slot.Sectors * BlkifLimits.SectorSize : 0;
        request.Buffer = moves ? slot.Buffer : default;
        Count++;
        _queue.Submit(request);
    }

    /// <inheritdoc />
    void IRequestOwner.Completed(BlockRequest request)
    {
        Count--;
        _done.Enqueue(slots[(int)request.Tag]);
        ring.Work.Open();
    }

    /// <summary>Takes the next that the disk is done with; <see cref="BlockRequest.Error"/> says how.</summary>
    internal bool TryTakeDone([NotNullWhen(true)] out BlkifSlot? slot) => _done.TryDequeue(out slot);

    /// <summary>Gives up what waits for an image: it comes back at once, with ECANCELED.</summary>
    internal void Withdraw() => _queue.Withdraw(this);

    /// <summary>Gives a slot's request back to the queue, if it has one.</summary>
    internal void TakeBack(BlkifSlot slot)
    {
        if (slot.Request is { } request)
            _queue.Return(request);
    }
}
