using Tapvisor.Native;

namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>Memory that guests have granted to us (public header grant_table.h, Linux xen/gntdev.h).</summary>
public interface IGrantTable
{
    /// <summary>Maps pages for reading and writing, one after the other. May block and be called on any thread.</summary>
    /// <exception cref="BlockException">EINVAL when a grant is bad, ESRCH when there is no such guest.</exception>
    GrantMapping Map(uint domId, IReadOnlyList<uint> references);

    /// <summary>Gives pages back; nobody may touch them any more. May block and be called on any thread.</summary>
    void Unmap(GrantMapping mapping);

    /// <summary>
    /// Copies between own memory and granted pages; each segment's <c>status</c> tells what became of it (<see cref="GrantStatus"/>).
    /// Offset and length of a granted side must not leave its page.
    /// </summary>
    /// <returns>0, or a negative errno: then nothing is known of any segment.</returns>
    int Copy(Span<gntdev_grant_copy_segment> segments);
}
