namespace Tapvisor.RingDevices.XenBlkif.Wire;

/// <summary>Sizes that blkif fixes, and what we allow within them.</summary>
internal static class BlkifLimits
{
    internal const int PageSize = 4096;

    internal const int SectorSize = 512;

    /// <summary>Pages of a ring at most, as a power of two: what Linux's backend offers (max_ring_page_order).</summary>
    internal const int MaxRingPageOrder = 4;

    /// <summary>BLKIF_MAX_SEGMENTS_PER_REQUEST.</summary>
    internal const int MaxSegments = 11;

    /// <summary>Of an indirect request, as Linux's backend offers: 1 MiB.</summary>
    internal const int MaxIndirectSegments = 256;

    /// <summary>Rings of one device at most; a guest has no use for more than it has processors.</summary>
    internal const int MaxQueues = 64;

    /// <summary>
    /// Pages of a guest that a ring keeps mapped at most: what Linux's backend keeps (max_persistent_grants), which is all that a ring of one
    /// page can use: 32 requests of the 32 segments that Linux's frontend makes, and their lists.
    /// </summary>
    internal const int MaxKeptGrants = 1056;

    /// <summary>Bytes of the longest request structure.</summary>
    internal const int MaxRequestSize = 112;
}
