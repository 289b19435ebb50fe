using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>What a file's metadata says, as far as it was loaded.</summary>
public sealed class VhdMetadata : IDisposable
{
    private readonly VhdHeader? _header;
    private readonly VhdLayout? _layout;

    public VhdMetadata(VhdFooter footer, VhdHeader? header, long fileLength)
    {
        (Footer, _header, FileLength) = (footer, header, fileLength);
        _layout = header is null ? null : new VhdLayout(footer, header);
    }

    public VhdFooter Footer { get; }

    /// <summary>The disk's size in bytes.</summary>
    public ulong VirtualSize => Footer.CurrentSize;

    /// <summary>Of a disk that is not fixed.</summary>
    public VhdHeader Header => _header ?? throw new InvalidOperationException("A fixed VHD has no header.");

    /// <summary>Of a disk that is not fixed.</summary>
    public VhdLayout Layout => _layout ?? throw new InvalidOperationException("A fixed VHD has no block layout.");

    /// <summary>Of a disk that is not fixed, when asked for.</summary>
    public BlockAllocationTable? Bat { get; set; }

    /// <summary>When asked for, and there is one.</summary>
    public BatmapHeader? BatmapHeader { get; set; }

    /// <summary>When asked for, and there is one.</summary>
    public Batmap? Batmap { get; set; }

    /// <summary>Why there is no batmap although there should be one.</summary>
    public string? BatmapProblem { get; set; }

    /// <summary>Bytes of the file, the footer included.</summary>
    public long FileLength { get; }

    /// <summary>
    /// The byte after the metadata that precedes the blocks (libvhd.c, vhd_end_of_headers); locators that claim to lie beyond the file do
    /// not count.
    /// </summary>
    public long EndOfHeaders
    {
        get
        {
            if (_header is null)
                return 0;
            long end = Math.Max((long)Footer.DataOffset + HeaderSize, Layout.BatEnd);
            if (BatmapHeader is { } batmap)
                end = Math.Max(
                    Math.Max(end, Layout.BatEnd + BatmapHeaderSize), (long)batmap.Offset + ((long)batmap.Sectors << VHD_SECTOR_SHIFT));
            for (int i = 0; i < LocatorCount; i++)
                if (_header.GetLocator(i) is { IsUsed: true } locator && locator.DataOffset <= (ulong)FileLength)
                    end = Math.Max(end, (long)locator.DataOffset + locator.Space);
            return end;
        }
    }

    /// <summary>The byte after the last block, where a file's footer belongs (libvhd.c, vhd_end_of_data).</summary>
    public long EndOfData
    {
        get
        {
            if (_header is null)
                return (long)VhdLayout.PadToSector((ulong)FileLength) - FooterSize;
            long sectors = Math.Max(EndOfHeaders >> VHD_SECTOR_SHIFT, RequireBat().EndSector(Layout));
            return sectors << VHD_SECTOR_SHIFT;
        }
    }

    public BlockAllocationTable RequireBat() => Bat ?? throw new InvalidOperationException("The block allocation table is not loaded.");

    public void Dispose() => Bat?.Dispose();
}
