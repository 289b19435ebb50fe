using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>Where things lie in a dynamic or differencing disk's file, as its footer and header tell.</summary>
public sealed class VhdLayout
{
    /// <summary>
    /// Blocks are laid out so that their data begins on a page, though their bitmap of mostly one sector comes before it.
    /// </summary>
    public const int PageSectors = 8;

    /// <param name="footer">For the disk's size.</param>
    /// <param name="header">Already found to have no problem.</param>
    public VhdLayout(VhdFooter footer, VhdHeader header)
    {
        BlockSize = (int)header.BlockSize;
        SectorsPerBlock = BlockSize >> VHD_SECTOR_SHIFT;
        BitmapSectors = (int)(PadToSector((ulong)SectorsPerBlock >> 3) >> VHD_SECTOR_SHIFT);
        BatOffset = (long)header.TableOffset;
        BatSize = (long)PadToSector((ulong)header.MaxBatSize * sizeof(uint));
        BlockCount = (footer.CurrentSize + header.BlockSize - 1) / header.BlockSize;
    }

    /// <summary>Bytes of data in a block.</summary>
    public int BlockSize { get; }

    /// <summary>Sectors of data in a block.</summary>
    public int SectorsPerBlock { get; }

    /// <summary>Sectors of a block's bitmap.</summary>
    public int BitmapSectors { get; }

    /// <summary>Bytes of a block's bitmap.</summary>
    public int BitmapSize => BitmapSectors << VHD_SECTOR_SHIFT;

    /// <summary>Sectors of a block in the file: bitmap and data.</summary>
    public int SectorsPerStoredBlock => BitmapSectors + SectorsPerBlock;

    /// <summary>Byte of the BAT.</summary>
    public long BatOffset { get; }

    /// <summary>Bytes of the BAT with all the entries it has room for, filled up to a sector.</summary>
    public long BatSize { get; }

    /// <summary>Byte after the BAT; a batmap's header is there.</summary>
    public long BatEnd => BatOffset + BatSize;

    /// <summary>Blocks of the disk's current size.</summary>
    public ulong BlockCount { get; }

    /// <summary>Bytes filled up to whole sectors, at least one.</summary>
    public static ulong PadToSector(ulong bytes) =>
        Math.Max((bytes + VHD_SECTOR_SIZE - 1) & ~(ulong)(VHD_SECTOR_SIZE - 1), VHD_SECTOR_SIZE);

    /// <summary>The sector for the bitmap of a new block when everything before <paramref name="endSector"/> is taken.</summary>
    public long PlaceBlock(long endSector) => RoundUp(endSector + BitmapSectors, PageSectors) - BitmapSectors;

    /// <summary>The first sector of a sector's page.</summary>
    public static long PageStart(long sector) => sector / PageSectors * PageSectors;

    /// <summary>Byte of a stored block's data.</summary>
    /// <param name="entry">Its BAT entry.</param>
    public long DataOffset(uint entry) => (entry + (long)BitmapSectors) << VHD_SECTOR_SHIFT;

    /// <summary>Byte of a stored block's bitmap.</summary>
    /// <param name="entry">Its BAT entry.</param>
    public static long BitmapOffset(uint entry) => (long)entry << VHD_SECTOR_SHIFT;

    /// <summary>Byte of the BAT's sector that holds a block's entry.</summary>
    public long BatSectorOffset(int block) => BatOffset + (block & ~(BlockAllocationTable.EntriesPerSector - 1)) * (long)sizeof(uint);

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;
}
