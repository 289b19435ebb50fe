using Tapvisor.BlockIo;
using Tapvisor.ImageDrivers.Vhd.Format;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.ImageDrivers.Vhd.Format.VhdConstants;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>
/// Puts data into a dynamic or differencing disk, many blocks at a time: data first, then, when it is on stable storage, the bitmaps, then
/// the BAT entries of new blocks; the batmap and the footer at the end. So whatever happens in between, no bitmap shows a sector before its
/// data is there.
/// </summary>
/// <param name="image">With BAT and batmap, opened for writing.</param>
/// <param name="keepGarbage">On a device, do not zero what a new block does not get data for (coalesce -s).</param>
internal sealed class BlockTarget(VhdImage image, bool keepGarbage)
{
    private readonly SortedDictionary<int, (uint Entry, byte[] Map, bool IsNew)> _pending = [];
    private long _endSector;

    /// <summary>Blocks that wait for <see cref="Commit"/>.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>
    /// Cuts the file off behind the last block, so that new blocks begin as holes, which read as zeroes. From here on only the copy of the
    /// footer is there, which is enough.
    /// </summary>
    public void Begin()
    {
        image.File.Truncate(image.Metadata.EndOfData);
        _endSector = image.Metadata.EndOfData >> VHD_SECTOR_SHIFT;
    }

    /// <summary>The byte of a block's data; the block gets its place in the file if it has none yet.</summary>
    /// <param name="block">The block.</param>
    /// <param name="map">Its bitmap; set the bits of what is written.</param>
    /// <exception cref="BlockException">EFBIG: a BAT entry cannot tell a place so far behind. ENOSPC: the device ends.</exception>
    public long Place(int block, out byte[] map)
    {
        if (!_pending.TryGetValue(block, out (uint Entry, byte[] Map, bool IsNew) place))
        {
            bool isNew = !image.Bat.IsAllocated(block);
            place = isNew ? (Allocate(), new byte[image.Layout.BitmapSize], true) : (image.Bat[block], image.ReadBitmap(block), false);
            _pending.Add(block, place);
        }

        map = place.Map;
        return image.Layout.DataOffset(place.Entry);
    }

    /// <summary>Makes the blocks placed since the last time part of the disk. Their data has been written.</summary>
    public void Commit()
    {
        if (_pending.Count == 0)
            return;
        image.File.Sync();
        foreach ((int block, (uint entry, byte[] map, bool _)) in _pending)
        {
            image.File.Write(VhdLayout.BitmapOffset(entry), map);
            if (SectorBitmap.IsFull(map, image.Layout.SectorsPerBlock))
                image.Metadata.Batmap?.SetFull(block);
        }

        image.File.Sync();
        int[] created = [.. _pending.Where(pair => pair.Value.IsNew).Select(pair => pair.Key)];
        foreach (int block in created)
            image.Bat[block] = _pending[block].Entry;
        foreach (IGrouping<int, int> sector in created.GroupBy(block => block / BlockAllocationTable.EntriesPerSector))
            image.WriteBat(sector.Key * BlockAllocationTable.EntriesPerSector, 1);
        _pending.Clear();
    }

    /// <summary>Writes what follows from the blocks; call it after a failure as well, when what was not committed is given up.</summary>
    public void Finish()
    {
        _pending.Clear();
        image.WriteBatmap();
        image.WriteFooter();
        image.File.Sync();
    }

    private uint Allocate()
    {
        VhdLayout layout = image.Layout;
        long start = layout.PlaceBlock(_endSector);
        long end = start + layout.SectorsPerStoredBlock;
        if (end > uint.MaxValue)
            throw new BlockException(
                BlockErrorKind.Unsupported, Errno.EFBIG,
                $"The VHD '{image.Path}' cannot get another block: it would lie at sector {start}, and places are told in 32 bits.");
        if (image.File.IsBlockDevice)
        {
            if (end << VHD_SECTOR_SHIFT > image.File.Length - FooterSize)
                throw new BlockException(
                    BlockErrorKind.Io, Errno.ENOSPC,
                    $"The device '{image.Path}' of {image.File.Length} bytes has no room for another block.");
            if (!keepGarbage)
                image.File.Zero(_endSector << VHD_SECTOR_SHIFT, (end - _endSector) << VHD_SECTOR_SHIFT);
        }

        _endSector = end;
        return (uint)start;
    }
}
