using System.Numerics;
using Tapvisor.BlockIo;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>The gate for what a guest offers when it connects.</summary>
internal static class BlkifFrontendGate
{
    /// <summary>DOMID_FIRST_RESERVED: numbers from here on are no guests.</summary>
    private const uint FirstReservedDomain = 0x7FF0;

    /// <summary>The layout of a sound offer.</summary>
    /// <exception cref="BlockException">EINVAL or EPROTONOSUPPORT.</exception>
    internal static BlkifLayout Check(BlkifFrontend frontend)
    {
        if (frontend.DomId >= FirstReservedDomain)
            throw Refused(frontend, Errno.EINVAL, "there is no such domain");
        if (frontend.Rings.Count is 0 or > BlkifLimits.MaxQueues)
            throw Refused(frontend, Errno.EINVAL, $"it has {frontend.Rings.Count} rings, and 1 to {BlkifLimits.MaxQueues} are possible");
        foreach (BlkifRing ring in frontend.Rings)
        {
            int pages = ring.References.Count;
            if (pages > 1 << BlkifLimits.MaxRingPageOrder || !BitOperations.IsPow2(pages))
                throw Refused(frontend, Errno.EINVAL, $"a ring of {pages} pages is not possible");
        }
        return BlkifLayout.Of((BlkifProtocol)frontend.Protocol)
            ?? throw Refused(frontend, Errno.EPROTONOSUPPORT, $"there is no protocol {frontend.Protocol}");
    }

    private static BlockException Refused(BlkifFrontend frontend, int errno, string reason) => new(
        BlockErrorKind.InvalidArgument, errno, $"Domain {frontend.DomId} device {frontend.DevId} cannot be connected: {reason}.");
}
