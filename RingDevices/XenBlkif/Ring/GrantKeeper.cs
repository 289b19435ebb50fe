using System.Diagnostics.CodeAnalysis;
using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Grants;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// Pages that the guest leaves granted are mapped when they are first met, and before the answer: a frontend looks then whether they
/// are, and takes the grants back if not (Linux xen-blkfront.c, blkif_completion). Mapping may block, and so it is a helper thread's.
/// </summary>
internal sealed class GrantKeeper(RingContext ring)
{
    // As Linux's backend, whose parameter persistent_grant_unused_seconds has this default.
    private static readonly TimeSpan s_unusedTime = TimeSpan.FromSeconds(60);

    // To be mapped, and back from there.
    private readonly Queue<BlkifSlot> _unmapped = new(ring.Pages.Size);
    private readonly Queue<BlkifSlot> _mapped = new(ring.Pages.Size);

    /// <summary>What is mapped.</summary>
    internal KeptGrants Kept { get; } = new();

    /// <summary>A helper thread is at the mappings.</summary>
    internal bool IsBusy { get; private set; }

    /// <summary>Takes a slot whose copy touches pages that are to be mapped first.</summary>
    internal bool TryTake(BlkifSlot slot)
    {
        if (!Kept.Lacks(slot))
            return false;
        _unmapped.Enqueue(slot);
        return true;
    }

    /// <summary>Takes the next slot whose copy can be made: its pages are mapped, or cannot be.</summary>
    internal bool TryTakeMapped([NotNullWhen(true)] out BlkifSlot? slot) => _mapped.TryDequeue(out slot);

    /// <summary>Has a helper thread map what the slots lack that were taken.</summary>
    internal void Start()
    {
        if (!IsBusy && _unmapped.Count > 0)
            _ = MapAsync();
    }

    /// <summary>Gives everything back.</summary>
    internal IoTask<int> CloseAsync() => UnmapAsync(Kept.TakeAll());

    private async IoTask<int> MapAsync()
    {
        IsBusy = true;
        int count = _unmapped.Count;
        uint[] references = Kept.Lacking(_unmapped);
        bool isFirst = Kept.IsEmpty;
        try
        {
            // Another batch may have brought all that these needed, or filled the room.
            if (references.Length > 0)
                Kept.Add(references, await ring.Device.Gateway.MapAsync(ring.Scope, ring.DomId, references));
            if (isFirst && !Kept.IsEmpty)
                _ = GiveUnusedBackAsync();
        }
        catch (BlockException e)
        {
            // Copying tells what is wrong with which of them, if anything is.
            Kept.Refuse();
            ring.Device.Log.NotKept(ring.Device.Minor, ring.DomId, ring.DevId, ring.Index, e.Message);
        }
        for (; count > 0; count--)
            _mapped.Enqueue(_unmapped.Dequeue());
        IsBusy = false;
        ring.Work.Open();
        return 0;
    }

    /// <summary>The guest can use the memory for something else once it is not mapped any more.</summary>
    private async IoTask<int> GiveUnusedBackAsync()
    {
        while (!Kept.IsEmpty && await ring.Scope.DelayAsync(s_unusedTime) >= 0 && !ring.IsStopping)
        {
            if (IsBusy || Kept.TakeUnused() is not { Count: > 0 } unused)
                continue;
            IsBusy = true;
            await UnmapAsync(unused);
            IsBusy = false;
            ring.Work.Open();
        }
        return 0;
    }

    private IoTask<int> UnmapAsync(List<GrantMapping> mappings) =>
        mappings.Count == 0 ? new IoTask<int>(0) : ring.Device.Gateway.UnmapAsync(ring.Scope, mappings);
}
