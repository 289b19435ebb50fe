namespace Tapvisor.Formats.Vhd;

/// <summary>Limits of the format and those that keep a hostile file from costing more than it should.</summary>
public static class VhdLimits
{
    /// <summary>
    /// Largest virtual size: 2040 GiB, as Microsoft's tools and XenServer have it. A BAT entry is a sector number of 32 bits, so a file
    /// ends at 2 TiB, and a full disk of this size with its bitmaps just fits.
    /// </summary>
    public const ulong MaxVirtualSize = 2040UL << 30;

    /// <summary>
    /// Largest size that metadata may be made for in advance (create -S): what XenServer asks for, all that 32 bits can address.
    /// </summary>
    public const ulong MaxMetadataSize = 2048UL << 30;

    /// <summary>Smallest block: one sector.</summary>
    public const uint MinBlockSize = VhdConstants.VHD_SECTOR_SIZE;

    /// <summary>Largest block: the format names none; beyond this a block's bitmap would not fit a pooled buffer (16 KiB).</summary>
    public const uint MaxBlockSize = 64 << 20;

    /// <summary>BAT entries that are read: a 2 TiB disk of 512 KiB blocks, 16 MiB of memory.</summary>
    public const uint MaxBatEntries = 4 << 20;

    /// <summary>Sectors of a batmap: a bit for each of <see cref="MaxBatEntries"/>. Tools keep all of it in memory.</summary>
    public const uint MaxBatmapSectors = MaxBatEntries / 8 / VhdConstants.VHD_SECTOR_SIZE;

    /// <summary>
    /// Files in a chain that the service opens, as XenServer limits it: every one costs each read of unwritten data a look-up.
    /// </summary>
    public const int MaxChainDepth = 30;

    /// <summary>
    /// Files in a chain that the tools follow: more than the service takes, so that a chain that grew too long can be coalesced.
    /// </summary>
    public const int MaxToolChainDepth = 1000;

    /// <summary>Bytes of a parent locator that are read; a path has at most 4096 (PATH_MAX), in UTF-16 twice that.</summary>
    public const uint MaxLocatorLength = 16 << 10;

    /// <summary>Bytes that one read of <see cref="VhdLoader"/> asks for.</summary>
    public const int LoaderReadSize = 64 << 10;
}
