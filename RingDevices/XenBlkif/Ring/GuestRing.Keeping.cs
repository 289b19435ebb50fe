using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.RingDevices.XenBlkif.Grants;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>
/// Pages that the guest leaves granted are mapped when they are first met, and before the answer: a frontend looks then whether they
/// are, and takes the grants back if not (Linux xen-blkfront.c, blkif_completion). Mapping may block, and so is a helper thread's.
/// </summary>
internal sealed partial class GuestRing
{
    // As Linux's backend, whose parameter persistent_grant_unused_seconds has this default.
    private static readonly TimeSpan s_unusedTime = TimeSpan.FromSeconds(60);

    private readonly KeptGrants? _kept;

    // To be mapped, and back from there.
    private readonly Queue<BlkifSlot> _unmapped;
    private readonly Queue<BlkifSlot> _mapped;

    // A helper thread is at the mappings.
    private bool _mapping;

    private void CopyMapped()
    {
        while (_mapped.TryDequeue(out BlkifSlot? slot))
            Add(slot);
    }

    private void StartMapping()
    {
        if (!_mapping && _unmapped.Count > 0)
            _ = MapAsync(_kept!);
    }

    private async IoTask<int> MapAsync(KeptGrants kept)
    {
        _mapping = true;
        int count = _unmapped.Count;
        uint[] references = kept.Lacking(_unmapped);
        bool isFirst = kept.IsEmpty;
        try
        {
            // Another batch may have brought all that these needed, or filled the room.
            if (references.Length > 0)
            {
                IGrantTable grants = _device.Gateway.Grants;
                kept.Add(references, await Engine.OffloadAsync(_scope, () => grants.Map(DomId, references)));
            }
            if (isFirst && !kept.IsEmpty)
                _ = GiveUnusedBackAsync(kept);
        }
        catch (BlockException e)
        {
            // Copying tells what is wrong with which of them, if anything is.
            kept.Refuse();
            _device.Log.NotKept(_device.Minor, DomId, _device.Frontend.DevId, Index, e.Message);
        }
        for (; count > 0; count--)
            _mapped.Enqueue(_unmapped.Dequeue());
        _mapping = false;
        _work.Open();
        return 0;
    }

    /// <summary>The guest can use the memory for something else once it is not mapped any more.</summary>
    private async IoTask<int> GiveUnusedBackAsync(KeptGrants kept)
    {
        while (!kept.IsEmpty && await _scope.DelayAsync(s_unusedTime) >= 0 && !_stopping)
        {
            if (_mapping || kept.TakeUnused() is not { Count: > 0 } unused)
                continue;
            _mapping = true;
            await UnmapAsync(unused);
            _mapping = false;
            _work.Open();
        }
        return 0;
    }

    private async IoTask<int> UnmapAsync(List<GrantMapping> mappings)
    {
        if (mappings.Count == 0)
            return 0;
        IGrantTable grants = _device.Gateway.Grants;
        return await Engine.OffloadAsync(_scope, () =>
        {
            mappings.ForEach(grants.Unmap);
            return 0;
        });
    }
}
