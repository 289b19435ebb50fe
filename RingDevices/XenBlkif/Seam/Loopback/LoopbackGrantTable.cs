using Tapvisor.BlockIo;
using Tapvisor.Native;
using static Tapvisor.Native.LibC;

namespace Tapvisor.RingDevices.XenBlkif.Seam.Loopback;

/// <summary>Grants of the loopback's guests.</summary>
internal sealed unsafe class LoopbackGrantTable(LoopbackXen xen) : IGrantTable
{
    internal Queue<short> Faults { get; } = new();

    public GrantMapping Map(uint domId, IReadOnlyList<uint> references)
    {
        LoopbackDomain domain = xen.Domain(domId);
        foreach (uint reference in references)
        {
            if (Check(domain, reference, LoopbackDomain.Writable) != GrantStatus.GNTST_okay)
                throw new BlockException(BlockErrorKind.Io, Errno.EINVAL, $"The grant {reference} of domain {domId} cannot be mapped.");
        }
        return new GrantMapping(domain.MapPages(references), references.Count, 0);
    }

    public void Unmap(GrantMapping mapping) => _ = munmap((void*)mapping.Address, (nuint)mapping.Pages * LoopbackDomain.PageSize);

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
            segment.status = Faults.TryDequeue(out short fault) && fault != GrantStatus.GNTST_okay ? fault : Copy(ref segment);
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
