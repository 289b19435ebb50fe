using Tapvisor.Native;
using Tapvisor.RingDevices.Requests;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>From the queue back to the ring.</summary>
internal sealed unsafe partial class GuestRing
{
    private readonly Queue<BlkifSlot> _done;
    private readonly Queue<BlkifSlot> _answered;
    private uint _produced;
    private uint _published;

    /// <summary>The queue is done with a slot's request: the next step, or the answer.</summary>
    private void Finish(BlkifSlot slot)
    {
        int error = slot.Request!.Error;
        if (error == Errno.ECANCELED && IsWithdrawn)
        {
            GiveUp(slot);
            return;
        }
        if (error != 0)
        {
            Statistics.FailedOne();
            Respond(slot, error == Errno.EOPNOTSUPP ? BlkifStatus.BLKIF_RSP_EOPNOTSUPP : BlkifStatus.BLKIF_RSP_ERROR);
            return;
        }
        switch (slot.Phase)
        {
            case SlotPhase.Flushing when slot.MovesData:
                Submit(slot, SlotPhase.Moving, BlockOperation.Write);
                break;
            case SlotPhase.Moving when slot.Operation == BlkifOp.BLKIF_OP_READ:
                slot.Phase = SlotPhase.CopyingOut;
                Copy(slot);
                break;
            case SlotPhase.Moving when slot.Operation == BlkifOp.BLKIF_OP_WRITE_BARRIER:
                Submit(slot, SlotPhase.FlushingAfter, BlockOperation.Flush);
                break;
            default:
                Respond(slot, BlkifStatus.BLKIF_RSP_OKAY);
                break;
        }
    }

    /// <summary>Writes the response; the guest sees it with the next <see cref="Publish"/>.</summary>
    private void Respond(BlkifSlot slot, BlkifStatus status)
    {
        ReturnBuffer(slot);
        ShadowRecord* record = slot.Record;
        record->Status = (short)status;
        record->ResponseIndex = _produced;
        Reached();
        Volatile.Write(ref record->State, ShadowState.Answered);
        Reached();
        _ring.WriteResponse(_produced, slot.Id, slot.RawOperation, status);
        Reached();
        _produced++;
        _inFlight--;
        _answered.Enqueue(slot);
        if (ReferenceEquals(slot, _barrier))
            _barrier = null;
        Statistics.Answered();
        Counters(slot)?.Complete(status == BlkifStatus.BLKIF_RSP_OKAY ? slot.Sectors : 0, Engine.Now - slot.StartedAt);
    }

    /// <summary>Makes the responses visible, notifies the guest if it wants that, and forgets the requests.</summary>
    private void Publish()
    {
        if (_produced != _published)
        {
            uint old = _published;
            _published = _produced;
            Reached();
            _ring.ResponsesProduced = _produced;
            Reached();

            // The guest writes rsp_event and then looks at rsp_prod; we the other way round. Without a full fence both could miss.
            Interlocked.MemoryBarrier();
            uint wanted = _ring.ResponseEvent;
            Statistics.Indices.ResponseEvent = wanted;
            if (_produced - wanted < _produced - old)
                Notify();
            Reached();
            bool wasFull = _free.Count == 0;
            while (_answered.TryDequeue(out BlkifSlot? slot))
            {
                Volatile.Write(ref slot.Record->State, ShadowState.Free);
                Reached();
                _free.Push(slot);
            }

            // There was no room to take a request into, and the guest was not asked to tell of more.
            if (wasFull)
                _work.Open();
        }
        Statistics.Indices.RequestsConsumed = _consumed;
        Statistics.Indices.ResponsesProduced = _published;
        Statistics.Indices.ResponsesPrivate = _produced;
    }

    private void Notify()
    {
        Statistics.KickedOut();
        _ = _device.Gateway.Events.Notify(_port);
    }

    /// <summary>The guest leaves, or another process will do it: no response, and the record stays.</summary>
    private void GiveUp(BlkifSlot slot)
    {
        ReturnBuffer(slot);
        _inFlight--;
        _gaveUp = true;
        if (ReferenceEquals(slot, _barrier))
            _barrier = null;
    }
}
