using System.Diagnostics.CodeAnalysis;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.RingDevices.XenBlkif.Grants;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// The copies of one ring between the guest's memory and ours: gathered for one system call, and tried again while the guest's page is
/// being paged in.
/// </summary>
/// <param name="ring">Whose.</param>
/// <param name="keeper">Maps pages before they are first copied; null for a guest whose pages do not stay mapped.</param>
internal sealed class RingCopies(RingContext ring, GrantKeeper? keeper)
{
    // A page that is being paged in is there in a moment; the kernel itself has waited before it says so.
    private const int MaxAttempts = 8;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    private readonly GrantCopier _copier = ring.Device.Gateway.Copier;
    private readonly KeptGrants? _kept = keeper?.Kept;
    private readonly Queue<BlkifSlot> _batched = new(ring.Pages.Size);
    private readonly Queue<BlkifSlot> _again = new(ring.Pages.Size);

    // So many at the head of the batch have been copied.
    private int _copied;
    private bool _againTimer;
    private bool _againDue;

    /// <summary>Has the copy of a slot's phase made, with others', by <see cref="TryRun"/>.</summary>
    internal void Start(BlkifSlot slot)
    {
        slot.Attempts = 0;
        if (keeper is null || !keeper.TryTake(slot))
            Add(slot);
    }

    /// <summary>Goes on with what had to wait: for another try, or for its pages to be mapped.</summary>
    internal void Resume()
    {
        if (_againDue)
        {
            _againDue = false;
            for (int left = _again.Count; left > 0; left--)
                Add(_again.Dequeue());
        }
        while (keeper is not null && keeper.TryTakeMapped(out BlkifSlot? slot))
            Add(slot);
    }

    /// <summary>Makes the copies that were gathered.</summary>
    /// <returns>False if there were none.</returns>
    internal bool TryRun()
    {
        if (_batched.Count == 0)
            return false;
        RunBatch();
        return true;
    }

    /// <summary>Takes the next slot whose copy has ended; <see cref="BlkifSlot.CopyStatus"/> says how.</summary>
    internal bool TryTakeCopied([NotNullWhen(true)] out BlkifSlot? slot)
    {
        while (_copied > 0)
        {
            _copied--;
            slot = _batched.Dequeue();
            if (slot.CopyStatus != GrantStatus.GNTST_eagain || ++slot.Attempts >= MaxAttempts)
                return true;
            _again.Enqueue(slot);
            if (!_againTimer)
                _ = WaitToCopyAgainAsync();
        }
        slot = null;
        return false;
    }

    /// <summary>Gives up what was gathered and not copied.</summary>
    internal void Forget() => _copier.Forget();

    private void Add(BlkifSlot slot)
    {
        if (!_copier.HasRoom)
            RunBatch();
        SlotPhase phase = slot.Phase;
        if (phase == SlotPhase.CopyingSegments)
            _copier.AddSegmentList(slot, ring.DomId, _kept);
        else
            _copier.AddData(slot, ring.DomId, _kept, toGuest: phase == SlotPhase.CopyingOut);
        _batched.Enqueue(slot);
    }

    private void RunBatch()
    {
        _copier.Run();
        _copied = _batched.Count;
    }

    private async IoTask<int> WaitToCopyAgainAsync()
    {
        _againTimer = true;
        await ring.Scope.DelayAsync(s_pause);
        _againTimer = false;
        _againDue = true;
        ring.Work.Open();
        return 0;
    }
}
