namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>What became of one grant operation, and the flags of a copy, under the names of Xen's public header grant_table.h.</summary>
internal static class GrantStatus
{
    internal const short GNTST_okay = 0;
    internal const short GNTST_bad_domain = -2;
    internal const short GNTST_bad_gntref = -3;
    internal const short GNTST_permission_denied = -8;
    internal const short GNTST_bad_copy_arg = -10;

    /// <summary>The page is being paged in: try again.</summary>
    internal const short GNTST_eagain = -12;

    internal const ushort GNTCOPY_source_gref = 1;
    internal const ushort GNTCOPY_dest_gref = 2;
}
