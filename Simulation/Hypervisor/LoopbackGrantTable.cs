using System.Collections.Concurrent;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Simulation.Hypervisor;

/// <summary>Grants of the loopback's guests.</summary>
internal sealed unsafe class LoopbackGrantTable(LoopbackXen xen) : IGrantTable
{
    private readonly ConcurrentDictionary<nint, (LoopbackDomain Domain, IReadOnlyList<uint> References)> _mappings = new();

    internal Queue<short> Faults { get; } = new();

    internal long Copies { get; private set; }

    internal int Mappings => _mappings.Count;

    public GrantMapping Map(uint domId, IReadOnlyList<uint> references)
    {
        LoopbackDomain domain = xen.Domain(domId);
        foreach (uint reference in references)
        {
            if (Check(domain, reference, LoopbackDomain.Writable) != GrantStatus.GNTST_okay)
                throw new BlockException(BlockErrorKind.Io, Errno.EINVAL, $"The grant {reference} of domain {domId} cannot be mapped.");
        }
        nint address = domain.MapPages(references);
        _mappings[address] = (domain, references);
        return new GrantMapping(address, references.Count, 0);
    }

    public void Unmap(GrantMapping mapping)
    {
        if (!_mappings.TryRemove(mapping.Address, out (LoopbackDomain Domain, IReadOnlyList<uint> References) mapped))
            throw new InvalidOperationException($"Nothing is mapped at 0x{mapping.Address:x}.");
        mapped.Domain.UnmapPages(mapping.Address, mapped.References);
    }

    /// <summary>What is still mapped is no more, as when a process ends.</summary>
    internal void Close()
    {
        foreach ((LoopbackDomain domain, IReadOnlyList<uint> references) in _mappings.Values)
            domain.ReleasePages(references);
    }

    public int Copy(Span<gntdev_grant_copy_segment> segments)
    {
        // The kernel refuses the whole batch for one segment that makes no sense, before it looks at any grant.
        foreach (ref gntdev_grant_copy_segment segment in segments)
        {
            bool fromGuest = segment.flags == GrantStatus.GNTCOPY_source_gref;
            if (!fromGuest && segment.flags != GrantStatus.GNTCOPY_dest_gref)
                return -Errno.EINVAL;
            if ((fromGuest ? segment.source.offset : segment.dest.offset) + segment.len > LoopbackDomain.PageSize)
                return -Errno.EINVAL;
        }
        foreach (ref gntdev_grant_copy_segment segment in segments)
        {
            Copies++;
            segment.status = Faults.TryDequeue(out short fault) && fault != GrantStatus.GNTST_okay ? fault : Copy(ref segment);
        }
        return 0;
    }

    private static short Check(LoopbackDomain domain, uint reference, uint access)
    {
        if (reference >= LoopbackDomain.MaxGrants || domain.Access[reference] == 0)
            return GrantStatus.GNTST_bad_gntref;
        return (domain.Access[reference] & access) == 0 ? GrantStatus.GNTST_permission_denied : GrantStatus.GNTST_okay;
    }

    private short Copy(ref gntdev_grant_copy_segment segment)
    {
        bool fromGuest = segment.flags == GrantStatus.GNTCOPY_source_gref;
        gntdev_grant_copy_segment.side granted = fromGuest ? segment.source : segment.dest;
        LoopbackDomain domain;
        try
        {
            domain = xen.Domain(granted.domid);
        }
        catch (BlockException)
        {
            return GrantStatus.GNTST_bad_domain;
        }
        short status = Check(domain, granted.@ref, fromGuest ? LoopbackDomain.Readable : LoopbackDomain.Writable);
        if (status != GrantStatus.GNTST_okay)
            return status;
        byte* page = domain.Page(granted.@ref) + granted.offset;
        if (fromGuest)
            Buffer.MemoryCopy(page, (void*)segment.dest.virt, segment.len, segment.len);
        else
            Buffer.MemoryCopy((void*)segment.source.virt, page, segment.len, segment.len);
        return GrantStatus.GNTST_okay;
    }
}
