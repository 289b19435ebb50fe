using Tapvisor.BlockIo.Tasks;
using Tapvisor.RingDevices.XenBlkif.Grants;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>Between the guest's memory and ours.</summary>
internal sealed partial class GuestRing
{
    // A page that is being paged in is there in a moment; the kernel itself has waited before it says so.
    private const int MaxCopyAttempts = 8;
    private static readonly TimeSpan s_copyPause = TimeSpan.FromMilliseconds(2);

    private readonly Queue<BlkifSlot> _batched;
    private readonly Queue<BlkifSlot> _copied;
    private readonly Queue<BlkifSlot> _again;
    private bool _againTimer;
    private bool _againDue;

    private GrantCopier Copier => _device.Gateway.Copier;

    private void Copy(BlkifSlot slot)
    {
        slot.Attempts = 0;
        if (_kept is not null && _kept.Lacks(slot))
            _unmapped.Enqueue(slot);
        else
            Add(slot);
    }

    private void Add(BlkifSlot slot)
    {
        if (!Copier.HasRoom)
            RunBatch();
        if (slot.Phase == SlotPhase.CopyingSegments)
            Copier.AddSegmentList(slot, DomId, _kept);
        else
            Copier.AddData(slot, DomId, _kept, toGuest: slot.Phase == SlotPhase.CopyingOut);
        _batched.Enqueue(slot);
    }

    private void RunBatch()
    {
        Copier.Run();
        while (_batched.TryDequeue(out BlkifSlot? slot))
            _copied.Enqueue(slot);
    }

    private void RunCopies()
    {
        while (_batched.Count > 0 || _copied.Count > 0)
        {
            RunBatch();
            while (_copied.TryDequeue(out BlkifSlot? slot))
                Copied(slot);
        }
    }

    private void Copied(BlkifSlot slot)
    {
        if (slot.CopyStatus == GrantStatus.GNTST_eagain && ++slot.Attempts < MaxCopyAttempts)
        {
            _again.Enqueue(slot);
            if (!_againTimer)
                _ = WaitToCopyAgainAsync();
            return;
        }
        if (slot.CopyStatus != GrantStatus.GNTST_okay)
        {
            Refuse(slot, BlkifRefusal.BadGrant);
            return;
        }
        switch (slot.Phase)
        {
            case SlotPhase.CopyingSegments:
                if (BlkifGate.CheckSegments(slot) is { } refusal)
                    Refuse(slot, refusal);
                else
                    Provide(slot);
                break;
            case SlotPhase.CopyingIn:
                Ready(slot);
                break;
            default:
                Respond(slot, BlkifStatus.BLKIF_RSP_OKAY);
                break;
        }
    }

    private void CopyAgain()
    {
        if (!_againDue)
            return;
        _againDue = false;
        for (int left = _again.Count; left > 0; left--)
            Add(_again.Dequeue());
    }

    private async IoTask<int> WaitToCopyAgainAsync()
    {
        _againTimer = true;
        await _scope.DelayAsync(s_copyPause);
        _againTimer = false;
        _againDue = true;
        _work.Open();
        return 0;
    }
}
