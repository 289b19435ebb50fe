using Tapvisor.Formats.Vhd;
using Tapvisor.VhdUtil.Files;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Images;

/// <summary>
/// Reads a disk's sectors through its chain: each from the first file that holds it, in runs as long as they come. The chain's images have
/// their BAT and, where there is one, batmap loaded. Not for use by several threads.
/// </summary>
internal sealed class ChainReader(ImageChain chain)
{
    private readonly (int Block, byte[] Map)[] _bitmaps = [.. chain.Images.Select(_ => (-1, Array.Empty<byte>()))];

    /// <summary>Fills the buffer, whole sectors, from a sector on. What nobody holds reads as zeroes.</summary>
    public void Read(long sector, Span<byte> buffer) => Read(0, sector, buffer);

    /// <summary>How many sectors from one on, at most <paramref name="limit"/>, the leaf alike does or does not hold.</summary>
    public int Run(long sector, int limit, out bool held) => Run(0, sector, limit, out held);

    /// <summary>Sets the bits of the sectors that any file of the chain holds; of a raw base, those that are not in a hole.</summary>
    /// <param name="sector">The sector of the first bit.</param>
    /// <param name="count">Bits.</param>
    /// <param name="map">Cleared bits.</param>
    public void MapHeld(long sector, int count, Span<byte> map) => MapHeld(0, sector, sector, count, map);

    private void MapHeld(int level, long origin, long sector, int count, Span<byte> map)
    {
        while (count > 0)
        {
            int run = count;
            bool held = false;
            if (level == chain.Images.Count)
                held = chain.RawBase?.HasData(sector << VHD_SECTOR_SHIFT, (long)count << VHD_SECTOR_SHIFT) ?? false;
            else if (sector << VHD_SECTOR_SHIFT < (long)chain.Images[level].Metadata.VirtualSize)
            {
                run = Run(level, sector, count, out held);
                if (!held)
                    MapHeld(level + 1, origin, sector, run, map);
                else if (chain.Images[level].Footer.IsFixed)
                    held = chain.Images[level].File.HasData(sector << VHD_SECTOR_SHIFT, (long)run << VHD_SECTOR_SHIFT);
            }

            if (held)
                SectorBitmap.SetRange(map, (int)(sector - origin), run);
            sector += run;
            count -= run;
        }
    }

    private void Read(int level, long sector, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int limit = buffer.Length >> VHD_SECTOR_SHIFT;
            int count = limit;
            if (level == chain.Images.Count)
            {
                if (chain.RawBase is { } raw)
                    raw.ReadPadded(sector << VHD_SECTOR_SHIFT, buffer);
                else
                    buffer.Clear();
            }
            else if (sector << VHD_SECTOR_SHIFT >= (long)chain.Images[level].Metadata.VirtualSize)
            {
                // Beyond the end of a smaller parent there is nothing, whatever lies below it.
                buffer.Clear();
            }
            else
            {
                count = Run(level, sector, limit, out bool held);
                if (held)
                    chain.Images[level].File.ReadPadded(Locate(chain.Images[level], sector), buffer[..(count << VHD_SECTOR_SHIFT)]);
                else
                    Read(level + 1, sector, buffer[..(count << VHD_SECTOR_SHIFT)]);
            }

            buffer = buffer[(count << VHD_SECTOR_SHIFT)..];
            sector += count;
        }
    }

    private int Run(int level, long sector, int limit, out bool held)
    {
        VhdImage image = chain.Images[level];
        long sectors = (long)((image.Metadata.VirtualSize + VHD_SECTOR_SIZE - 1) >> VHD_SECTOR_SHIFT);
        limit = (int)Math.Min(limit, sectors - sector);
        held = true;
        if (image.Footer.IsFixed)
            return limit;

        VhdLayout layout = image.Layout;
        int block = (int)(sector / layout.SectorsPerBlock);
        int first = (int)(sector % layout.SectorsPerBlock);
        int end = Math.Min(layout.SectorsPerBlock, first + limit);
        if (image.Metadata.Batmap is { } batmap && batmap.IsFull(block) && image.Bat.IsAllocated(block))
            return end - first;
        if (image.Bat.IsAllocated(block))
            return SectorBitmap.RunLength(Bitmap(level, block), first, end, out held);
        held = false;
        return end - first;
    }

    private static long Locate(VhdImage image, long sector)
    {
        if (image.Footer.IsFixed)
            return sector << VHD_SECTOR_SHIFT;
        (long block, long inside) = Math.DivRem(sector, image.Layout.SectorsPerBlock);
        return image.Layout.DataOffset(image.Bat[(int)block]) + (inside << VHD_SECTOR_SHIFT);
    }

    private byte[] Bitmap(int level, int block)
    {
        if (_bitmaps[level].Block != block)
            _bitmaps[level] = (block, chain.Images[level].ReadBitmap(block));
        return _bitmaps[level].Map;
    }
}
