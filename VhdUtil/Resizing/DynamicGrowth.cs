using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Resizing;

/// <summary>
/// Makes a dynamic or differencing disk larger (vhd-util-resize.c, vhd_dynamic_grow). Where its tables have no room for the new blocks, the
/// blocks behind them move to the end of the file, then the metadata behind the BAT moves up.
/// </summary>
internal sealed class DynamicGrowth(VhdImage image)
{
    /// <summary>Grows inside the room that the tables have; nothing moves, so it is safe without a journal.</summary>
    /// <param name="size">Bytes, whole blocks.</param>
    /// <exception cref="BlockException">There is not enough room.</exception>
    public void GrowFast(ulong size)
    {
        VhdHeader header = image.Header;
        if (size > (ulong)header.MaxBatSize * header.BlockSize)
            throw VhdErrors.Unsupported(
                image.Path,
                $"has tables for {(ulong)header.MaxBatSize * header.BlockSize >> 20} MiB, and cannot grow fast to {size >> 20} MiB");
        int blocks = image.Bat.Count;
        image.Footer.Resize(size);
        ClearNewEntries(blocks);
        image.WriteFooter();
    }

    /// <summary>Grows whatever that takes, under a journal.</summary>
    /// <param name="context">For points where a test makes it fail.</param>
    /// <param name="journal">Of the image.</param>
    /// <param name="size">Bytes, whole blocks.</param>
    public void Grow(VhdContext context, ResizeJournal journal, ulong size)
    {
        VhdHeader header = image.Header;
        uint blocks = checked((uint)(size / header.BlockSize));
        if (blocks <= header.MaxBatSize)
        {
            GrowFast(size);
            return;
        }

        VhdLayout old = image.Layout;
        VhdHeader target = header.Clone();
        target.MaxBatSize = blocks;
        VhdFooter footer = image.Footer.Clone();
        footer.Resize(size);
        List<(ParentLocator Locator, byte[] Bytes)> locators = ReadLocators(old);
        long end = PlaceMetadata(target, new VhdLayout(footer, target), locators, out BatmapHeader? batmap);
        MakeRoom(journal, end);
        context.FailIfAsked(FailurePoints.ResizeDataMoved);

        foreach ((ParentLocator locator, byte[] bytes) in locators)
            image.File.Write((long)locator.DataOffset, bytes);
        context.FailIfAsked(FailurePoints.ResizeMetadataMoved);
        WriteTables(target, footer, batmap);
    }

    /// <summary>Gives the locators behind the BAT their new places.</summary>
    /// <returns>The byte behind all metadata.</returns>
    private long PlaceMetadata(
        VhdHeader target, VhdLayout layout, List<(ParentLocator Locator, byte[] Bytes)> locators, out BatmapHeader? batmap)
    {
        long end = layout.BatEnd;
        batmap = image.Metadata.BatmapHeader?.Clone();
        if (batmap is not null)
        {
            batmap.Offset = (ulong)(end + BatmapHeaderSize);
            batmap.Sectors = (uint)(VhdLayout.PadToSector((target.MaxBatSize + 7) >> 3) >> VHD_SECTOR_SHIFT);
            end = (long)batmap.Offset + ((long)batmap.Sectors << VHD_SECTOR_SHIFT);
        }

        for (int i = 0; i < locators.Count; i++)
        {
            ParentLocator moved = locators[i].Locator with { DataOffset = (ulong)end };
            for (int slot = 0; slot < LocatorCount; slot++)
                if (target.GetLocator(slot) == locators[i].Locator)
                    target.SetLocator(slot, moved);
            locators[i] = (moved, locators[i].Bytes);
            end += locators[i].Bytes.Length;
        }

        return Math.Max(end, (long)image.Footer.DataOffset + HeaderSize);
    }

    private List<(ParentLocator Locator, byte[] Bytes)> ReadLocators(VhdLayout old)
    {
        List<(ParentLocator, byte[])> locators = [];
        for (int i = 0; i < LocatorCount; i++)
        {
            ParentLocator locator = image.Header.GetLocator(i);
            if (!locator.IsUsed || locator.Space == 0 || (long)locator.DataOffset < old.BatEnd)
                continue;
            byte[] bytes = new byte[locator.Space];
            image.File.ReadPadded((long)locator.DataOffset, bytes);
            locators.Add((locator, bytes));
        }

        return locators;
    }

    private void MakeRoom(ResizeJournal journal, long end)
    {
        VhdLayout layout = image.Layout;
        long endSector = Math.Max(end >> VHD_SECTOR_SHIFT, image.Bat.EndSector(layout));
        int[] inTheWay = [.. Enumerable.Range(0, image.Bat.Count)
            .Where(block => image.Bat[block] < (end + VHD_SECTOR_SIZE - 1) >> VHD_SECTOR_SHIFT).OrderBy(block => image.Bat[block])];
        using AlignedBuffer buffer = new(layout.BitmapSize + layout.BlockSize);
        foreach (int block in inTheWay)
        {
            long from = VhdLayout.BitmapOffset(image.Bat[block]);
            long to = layout.PlaceBlock(endSector);
            if (to + layout.SectorsPerStoredBlock > uint.MaxValue)
                throw VhdErrors.TooLarge(image.Path, image.Metadata.VirtualSize);
            if (image.File.IsBlockDevice && (to + layout.SectorsPerStoredBlock) << VHD_SECTOR_SHIFT > image.File.Length - FooterSize)
                throw new BlockException(
                    BlockErrorKind.Io, Errno.ENOSPC,
                    $"The device '{image.Path}' of {image.File.Length} bytes has no room to move block {block} to its end.");
            journal.SaveBlock(block);
            image.File.ReadPadded(from, buffer.Span);
            image.File.Write(to << VHD_SECTOR_SHIFT, buffer.Span);
            image.Bat[block] = (uint)to;
            endSector = to + layout.SectorsPerStoredBlock;
        }

        // What was journalled may go.
        image.File.Sync();
    }

    private void WriteTables(VhdHeader target, VhdFooter footer, BatmapHeader? batmapHeader)
    {
        using VhdMetadata grown = new(footer, target, image.File.Length);
        using BlockAllocationTable bat = new((int)grown.Layout.BlockCount);
        image.Bat.Entries.CopyTo(bat.Entries);
        byte[] table = new byte[grown.Layout.BatSize];
        bat.Write(0, table, target.MaxBatSize);
        if (batmapHeader is not null)
        {
            Batmap batmap = new(batmapHeader, footer.CurrentSize);
            image.Metadata.Batmap?.Map[..Math.Min(image.Metadata.Batmap.Map.Length, batmap.Map.Length)].CopyTo(batmap.Map);
            batmap.Seal();
            byte[] map = new byte[batmapHeader.Sectors << VHD_SECTOR_SHIFT];
            batmap.Map.CopyTo(map);
            image.File.Write((long)batmapHeader.Offset, map);
            image.File.Write(grown.Layout.BatEnd, batmapHeader.Bytes);
        }

        image.File.Write(grown.Layout.BatOffset, table);
        target.Seal();
        image.File.Write((long)footer.DataOffset, target.Bytes);
        image.File.Write(0, footer.Bytes);
        image.Reload(VhdLoadOptions.All | VhdLoadOptions.UseBackupFooter | VhdLoadOptions.IgnoreDisabled);
        image.WriteFooter();
    }

    /// <summary>Whatever the BAT holds beyond the old size, the new blocks begin as empty ones.</summary>
    private void ClearNewEntries(int oldBlocks)
    {
        using VhdMetadata grown = new(image.Footer, image.Header, image.File.Length);
        int count = (int)grown.Layout.BlockCount;
        BlockAllocationTable bat = new(count);
        image.Bat.Entries.CopyTo(bat.Entries);
        image.Metadata.Bat!.Dispose();
        image.Metadata.Bat = bat;
        if (count > oldBlocks)
            image.WriteBat(oldBlocks, count - oldBlocks);
        if (image.Metadata.Batmap is not { } old)
            return;
        Batmap batmap = new(old.Header, image.Footer.CurrentSize);
        old.Map[..Math.Min(old.Map.Length, batmap.Map.Length)].CopyTo(batmap.Map);
        for (int block = oldBlocks; block < count; block++)
            batmap.SetNotFull(block);
        image.Metadata.Batmap = batmap;
        image.WriteBatmap();
    }
}
