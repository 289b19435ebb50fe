using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Slots;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Grants;

/// <summary>
/// The pages of a guest that stay mapped from one request to the next (feature-persistent, public header io/blkif.h): a frontend that
/// offers that uses the same pages again and again, and moving data to and from them takes no hypervisor.
/// </summary>
internal sealed class KeptGrants
{
    private readonly Dictionary<uint, (nint Address, Batch Batch)> _pages = [];
    private readonly List<Batch> _batches = [];
    private bool _refused;

    /// <summary>Nothing is mapped.</summary>
    internal bool IsEmpty => _batches.Count == 0;

    /// <summary>Where a granted page is mapped, or 0 if it is not.</summary>
    internal nint Find(uint reference)
    {
        if (!_pages.TryGetValue(reference, out (nint Address, Batch Batch) page))
            return 0;
        page.Batch.WasUsed = true;
        return page.Address;
    }

    /// <summary>The copy that a request is about to make touches pages that are not mapped, and should be.</summary>
    internal bool Lacks(BlkifSlot slot)
    {
        if (_refused || _pages.Count >= BlkifLimits.MaxKeptGrants)
            return false;
        for (int i = 0; i < slot.GrantCount; i++)
        {
            if (!_pages.ContainsKey(slot.Grant(i)))
                return true;
        }
        return false;
    }

    /// <summary>What is to be mapped for these requests, each page once, and not more than may be kept.</summary>
    internal uint[] Lacking(IEnumerable<BlkifSlot> slots) =>
    [
        .. slots
            .SelectMany(slot => Enumerable.Range(0, slot.GrantCount).Select(slot.Grant))
            .Where(reference => !_pages.ContainsKey(reference))
            .Distinct()
            .Take(BlkifLimits.MaxKeptGrants - _pages.Count),
    ];

    internal void Add(uint[] references, GrantMapping mapping)
    {
        var batch = new Batch(references, mapping);
        _batches.Add(batch);
        for (int i = 0; i < references.Length; i++)
            _pages.Add(references[i], (mapping.Address + (i * BlkifLimits.PageSize), batch));
    }

    /// <summary>The guest's grants cannot be mapped, whatever it offered: no more of them are.</summary>
    internal void Refuse() => _refused = true;

    /// <summary>Forgets the pages that no request has used since this was asked last; whoever asks gives them back.</summary>
    internal List<GrantMapping> TakeUnused()
    {
        List<Batch> unused = _batches.FindAll(batch => !batch.WasUsed);
        foreach (Batch batch in _batches)
            batch.WasUsed = false;
        return Take(unused);
    }

    /// <summary>Forgets everything; whoever asks gives it back.</summary>
    internal List<GrantMapping> TakeAll() => Take([.. _batches]);

    private List<GrantMapping> Take(List<Batch> batches)
    {
        foreach (Batch batch in batches)
        {
            _batches.Remove(batch);
            foreach (uint reference in batch.References)
                _pages.Remove(reference);
        }
        return batches.ConvertAll(batch => batch.Mapping);
    }

    // What was mapped by one call can only be given back by one.
    private sealed record Batch(uint[] References, GrantMapping Mapping)
    {
        internal bool WasUsed { get; set; } = true;
    }
}
