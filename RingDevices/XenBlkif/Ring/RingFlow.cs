using Tapvisor.Metrics;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// Moves the requests of a ring from phase to phase: <see cref="SlotPhases"/> says which is next and who acts in it, and here it is
/// handed to him. Every request that comes in leaves once, answered or given up.
/// </summary>
internal sealed class RingFlow(
    RingContext ring,
    RingBarrier barrier,
    RingBuffers buffers,
    RingCopies copies,
    RingSubmissions submissions,
    RingResponses responses)
{
    private bool _complained;

    /// <summary>Requests that came in and have not left.</summary>
    internal int InFlight { get; private set; }

    /// <summary>A request was taken from the ring.</summary>
    internal void Accept(BlkifSlot slot)
    {
        BlkifRefusal? refusal = Understand(slot);
        barrier.Came(slot);
        if (refusal is not null)
        {
            Refuse(slot, refusal);
            return;
        }
        slot.Step = SlotPhases.RouteOf(slot).First;
        Advance(slot);
    }

    /// <summary>A dead process had taken a request from the ring and not answered it.</summary>
    internal unsafe void Resume(BlkifSlot slot)
    {
        if (SlotPhases.BeginningOf(slot.Record->State) == SlotPhase.Taken)
        {
            Accept(slot);
            return;
        }

        // Its data has been moved; what is left to do is to say so.
        var status = (BlkifStatus)(short)slot.Record->Status;
        _ = Understand(slot);
        Answer(slot, status);
    }

    /// <summary>The disk is done with a request.</summary>
    internal void Finish(BlkifSlot slot)
    {
        int error = slot.Request!.Error;
        if (error == 0)
            Advance(slot);
        else if (error == Errno.ECANCELED && ring.IsStopping)
            Stopped(slot);
        else
            Failed(slot);
    }

    /// <summary>A copy has ended.</summary>
    internal void Copied(BlkifSlot slot)
    {
        if (slot.CopyStatus != GrantStatus.GNTST_okay)
            Failed(slot);
        else if (slot.Phase == SlotPhase.CopyingSegments && BlkifGate.CheckSegments(slot) is { } refusal)
            Refuse(slot, refusal);
        else
            Advance(slot);
    }

    /// <summary>The ring stops, and a request was not begun by the disk, or must not overtake one that was not.</summary>
    internal void Stopped(BlkifSlot slot) => Leave(slot, SlotPhases.Of(slot.Phase).OnStop);

    /// <summary>A phase has ended well: hands the request to whoever acts in the next.</summary>
    internal void Advance(BlkifSlot slot)
    {
        ref readonly SlotStep step = ref SlotPhases.Step(++slot.Step);
        while (step.Holder == SlotHolder.Buffers && buffers.TryGive(slot))
            step = ref SlotPhases.Step(++slot.Step);
        switch (step.Holder)
        {
            case SlotHolder.Copies:
                copies.Start(slot);
                break;
            case SlotHolder.Disk:
                submissions.Submit(slot, step.Operation);
                break;
            case SlotHolder.Responses:
                Answer(slot, BlkifStatus.BLKIF_RSP_OKAY);
                break;
            default:
                // Each pass looks whether what waits for memory or for others may go on.
                break;
        }
    }

    /// <summary>A phase failed.</summary>
    private void Failed(BlkifSlot slot) => Leave(slot, SlotPhases.Of(slot.Phase).OnFailure);

    /// <summary>A phase has ended otherwise.</summary>
    private void Leave(BlkifSlot slot, SlotFate fate)
    {
        switch (fate)
        {
            case SlotFate.IsRefused:
                Refuse(slot, BlkifRefusal.BadGrant);
                break;
            case SlotFate.Fails:
                Fail(slot);
                break;
            case SlotFate.IsGivenUp:
                GiveUp(slot);
                break;
            default:
                throw new InvalidOperationException($"A request cannot end in its phase {slot.Phase}.");
        }
    }

    private BlkifRefusal? Understand(BlkifSlot slot)
    {
        InFlight++;
        slot.StartedAt = ring.Engine.Now;
        BlkifRefusal? refusal = BlkifGate.Parse(
            slot, ring.Device.Layout, ring.Device.Frontend.IsReadOnly, canDiscardSecurely: false);
        ring.Statistics.Taken();
        Counters(slot)?.Submit();
        return refusal;
    }

    private void Answer(BlkifSlot slot, BlkifStatus status)
    {
        buffers.TakeBack(slot);
        responses.Write(slot, status);
        InFlight--;
        barrier.Left(slot);
        ring.Statistics.Answered();
        Counters(slot)?.Complete(status == BlkifStatus.BLKIF_RSP_OKAY ? slot.Sectors : 0, ring.Engine.Now - slot.StartedAt);
    }

    private void Refuse(BlkifSlot slot, BlkifRefusal refusal)
    {
        ring.Statistics.RefusedOne();
        if (!_complained)
        {
            ring.Device.Log.Refused(
                ring.Device.Minor, ring.DomId, ring.DevId, ring.Index, slot.Operation, slot.Sector, refusal.Reason);
        }
        _complained = true;
        Answer(slot, refusal.Status);
    }

    private void Fail(BlkifSlot slot)
    {
        ring.Statistics.FailedOne();
        bool isUnsupported = slot.Request!.Error == Errno.EOPNOTSUPP;
        Answer(slot, isUnsupported ? BlkifStatus.BLKIF_RSP_EOPNOTSUPP : BlkifStatus.BLKIF_RSP_ERROR);
    }

    private void GiveUp(BlkifSlot slot)
    {
        buffers.TakeBack(slot);
        InFlight--;
        barrier.Left(slot, isGivenUp: true);
    }

    /// <summary>Where a request is counted by kind; null for an operation that does not exist.</summary>
    private XenBlkifCounters? Counters(BlkifSlot slot) => slot.Operation switch
    {
        BlkifOp.BLKIF_OP_READ => ring.Statistics.Reads,
        BlkifOp.BLKIF_OP_WRITE => ring.Statistics.Writes,
        BlkifOp.BLKIF_OP_DISCARD => ring.Statistics.Discards,
        BlkifOp.BLKIF_OP_WRITE_BARRIER or BlkifOp.BLKIF_OP_FLUSH_DISKCACHE => slot.MovesData ? ring.Statistics.Writes : ring.Statistics.Flushes,
        _ => null,
    };
}
