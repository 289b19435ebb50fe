using Tapvisor.BlockIo.Buffers;
using Tapvisor.RingDevices.Requests;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.ImageDrivers;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>From the ring to the queue.</summary>
internal sealed unsafe partial class GuestRing
{
    // Looks at the ring again so often before others get their turn: a guest that is answered at once must not keep the engine.
    private const int MaxRounds = 4;

    private readonly Queue<BlkifSlot> _starved;
    private BlkifSlot? _barrier;
    private int _buffers;
    private bool _stopping;
    private bool _halted;
    private bool _complained;
    private bool _gaveUp;

    // More was there when the rounds were up.
    private bool _consumingStopped;

    private bool MayConsume => !_stopping && !_halted && _barrier is null && _starved.Count == 0 && _free.Count > 0;

    /// <summary>Takes what the guest has written, and asks to be told of more.</summary>
    /// <returns>Requests taken.</returns>
    private int Consume()
    {
        int taken = 0;
        _consumingStopped = false;
        for (int round = 0; MayConsume; round++)
        {
            uint produced = _ring.RequestsProduced;
            Statistics.Indices.RequestsProduced = produced;
            if (produced - _published > (uint)_ring.Size || produced - _consumed > (uint)_ring.Size)
            {
                Halt(produced - _published);
                return taken;
            }
            if (produced == _consumed)
            {
                // While polling the guest need not tell: it is not asked to.
                if (_polling)
                    return taken;
                _ring.RequestEvent = _consumed + 1;
                if (_ring.RequestsProduced == _consumed)
                    return taken;
                continue;
            }
            if (round >= MaxRounds)
            {
                _consumingStopped = true;
                return taken;
            }
            while (_consumed != produced && MayConsume)
            {
                Take();
                taken++;
            }
            RunCopies();
        }
        return taken;
    }

    private void Take()
    {
        BlkifSlot slot = _free.Pop();
        ShadowRecord* record = slot.Record;
        _ring.CopyRequest(_consumed, record->Request);
        record->Index = _consumed;
        Reached();
        Volatile.Write(ref record->State, ShadowState.Consumed);
        Reached();
        _consumed++;
        _shadow.Consumed = _consumed;
        Reached();
        Accept(slot);
    }

    /// <summary>Sends again what a dead process had consumed and not answered.</summary>
    private void Replay(List<int> unanswered)
    {
        if (unanswered.Count == 0)
            return;
        var others = new List<BlkifSlot>(_free);
        _free.Clear();
        foreach (BlkifSlot slot in Enumerable.Reverse(others))
        {
            if (!unanswered.Contains(slot.Index))
                _free.Push(slot);
        }
        foreach (int index in unanswered)
        {
            BlkifSlot slot = _slots[index];
            if (slot.Record->State == ShadowState.Settled)
            {
                // Its data has been moved; what is left to do is to say so.
                var status = (BlkifStatus)(short)slot.Record->Status;
                _ = Understand(slot);
                Respond(slot, status);
                continue;
            }
            Accept(slot);
        }
    }

    private BlkifRefusal? Understand(BlkifSlot slot)
    {
        _inFlight++;
        slot.StartedAt = Engine.Now;
        BlkifRefusal? refusal = BlkifGate.Parse(slot, _device.Layout, _device.Frontend.IsReadOnly, canDiscardSecurely: false);
        Statistics.Taken();
        Counters(slot)?.Submit();
        return refusal;
    }

    private void Accept(BlkifSlot slot)
    {
        BlkifRefusal? refusal = Understand(slot);
        if (slot.Operation == BlkifOp.BLKIF_OP_WRITE_BARRIER)
            _barrier = slot;
        if (refusal is not null)
        {
            Refuse(slot, refusal);
        }
        else if (slot.IsIndirect)
        {
            slot.Phase = SlotPhase.CopyingSegments;
            Copy(slot);
        }
        else
        {
            Provide(slot);
        }
    }

    /// <summary>The segments are known: gives the request its memory.</summary>
    private void Provide(BlkifSlot slot)
    {
        if (!slot.MovesData)
        {
            Ready(slot);
        }
        else if (_starved.Count > 0 || !TryRent(slot))
        {
            slot.Phase = SlotPhase.WaitingForBuffer;
            _starved.Enqueue(slot);
        }
        else
        {
            Fill(slot);
        }
    }

    private void FeedStarved()
    {
        while (_starved.TryPeek(out BlkifSlot? slot) && TryRent(slot))
        {
            _starved.Dequeue();
            Fill(slot);
        }
    }

    private void Fill(BlkifSlot slot)
    {
        if (slot.Operation == BlkifOp.BLKIF_OP_READ)
        {
            Ready(slot);
            return;
        }
        slot.Phase = SlotPhase.CopyingIn;
        Copy(slot);
    }

    /// <summary>Each ring gets one buffer whatever others hold: it never waits for one that only its own progress could free.</summary>
    private bool TryRent(BlkifSlot slot)
    {
        var length = (int)(slot.Sectors * BlkifLimits.SectorSize);
        if (_buffers == 0)
            slot.Buffer = Engine.Buffers.Rent(length, _device.Queue.Quota);
        else if (Engine.Buffers.TryRent(length, _device.Queue.Quota, out IoBuffer buffer))
            slot.Buffer = buffer;
        else
            return false;
        _buffers++;
        return true;
    }

    private void ReturnBuffer(BlkifSlot slot)
    {
        if (slot.Buffer.Length == 0)
            return;
        Engine.Buffers.Return(slot.Buffer, _device.Queue.Quota);
        slot.Buffer = default;
        _buffers--;
        if (_starved.Count > 0)
            _work.Open();
    }

    /// <summary>Nothing but the disk is missing.</summary>
    private void Ready(BlkifSlot slot)
    {
        switch (slot.Operation)
        {
            case BlkifOp.BLKIF_OP_WRITE_BARRIER:
                slot.Phase = SlotPhase.WaitingForOthers;
                break;
            case BlkifOp.BLKIF_OP_FLUSH_DISKCACHE:
                Submit(slot, SlotPhase.Flushing, BlockOperation.Flush);
                break;
            case BlkifOp.BLKIF_OP_READ:
                Submit(slot, SlotPhase.Moving, BlockOperation.Read);
                break;
            case BlkifOp.BLKIF_OP_DISCARD:
                Submit(slot, SlotPhase.Moving, BlockOperation.Discard);
                break;
            default:
                Submit(slot, SlotPhase.Moving, BlockOperation.Write);
                break;
        }
    }

    /// <summary>
    /// A barrier goes to the disk when everything before it is answered; what comes after it is not even taken before it is answered.
    /// </summary>
    private void StartBarrier()
    {
        if (_barrier is not { Phase: SlotPhase.WaitingForOthers } barrier || _inFlight > 1)
            return;

        // What was given up will be done later, if at all; a barrier must not overtake it.
        if (_gaveUp)
            GiveUp(barrier);
        else
            Submit(barrier, SlotPhase.Flushing, BlockOperation.Flush);
    }

    private void Submit(BlkifSlot slot, SlotPhase phase, BlockOperation operation)
    {
        BlockRequest request = slot.Request ??= _device.Queue.Rent(this);
        bool moves = operation != BlockOperation.Flush;
        slot.Phase = phase;
        request.Tag = (ulong)slot.Index;
        request.Operation = operation;
        request.Options = WriteOptions.None;
        request.Offset = moves ? slot.Sector * BlkifLimits.SectorSize : 0;
        request.Length = moves ? slot.Sectors * BlkifLimits.SectorSize : 0;
        request.Buffer = moves ? slot.Buffer : default;
        _atImage++;
        _device.Queue.Submit(request);
    }

    private void Refuse(BlkifSlot slot, BlkifRefusal refusal)
    {
        Statistics.RefusedOne();
        if (!_complained)
            _device.Log.Refused(_device.Minor, DomId, _device.Frontend.DevId, Index, slot.Operation, slot.Sector, refusal.Reason);
        _complained = true;
        Respond(slot, refusal.Status);
    }

    private void Halt(uint claimed)
    {
        _halted = true;
        StopPolling();
        _device.Log.Halted(_device.Minor, DomId, _device.Frontend.DevId, Index, claimed, _ring.Size);
    }

    private XenBlkifCounters? Counters(BlkifSlot slot) => slot.Operation switch
    {
        BlkifOp.BLKIF_OP_READ => Statistics.Reads,
        BlkifOp.BLKIF_OP_WRITE => Statistics.Writes,
        BlkifOp.BLKIF_OP_DISCARD => Statistics.Discards,
        BlkifOp.BLKIF_OP_WRITE_BARRIER or BlkifOp.BLKIF_OP_FLUSH_DISKCACHE => slot.MovesData ? Statistics.Writes : Statistics.Flushes,
        _ => null,
    };
}
