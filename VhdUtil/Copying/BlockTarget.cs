using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>
/// Puts data into a dynamic or differencing disk, many blocks at a time: data and the bitmaps of new blocks first, then, when they are on
/// stable storage, the BAT entries of new blocks and the bitmaps of old ones that have changed; the batmap and the footer at the end. So
/// whatever happens in between, nothing shows a sector before its data is there.
/// </summary>
/// <param name="image">With BAT and batmap, opened for writing.</param>
/// <param name="keepGarbage">On a device, do not zero what a new block does not get data for (coalesce -s).</param>
internal sealed class BlockTarget(VhdImage image, bool keepGarbage)
{
    private readonly SortedDictionary<int, (uint Entry, byte[] Map, bool IsNew)> _pending = [];

    // The bitmap of the old block that was asked for last: all its bits may be set already.
    private (int Block, byte[] Map) _last = (-1, []);
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

    /// <summary>
    /// The byte where sectors of a block are to be written, which from the next <see cref="Commit"/> on belong to the disk; the block gets
    /// its place in the file if it has none yet.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="first">The first sector in it.</param>
    /// <param name="count">Sectors.</param>
    /// <exception cref="BlockException">EFBIG: a BAT entry cannot tell a place so far behind. ENOSPC: the device ends.</exception>
    public long Place(int block, int first, int count)
    {
        uint entry;
        if (_pending.TryGetValue(block, out (uint Entry, byte[] Map, bool IsNew) place))
        {
            entry = place.Entry;
            SectorBitmap.SetRange(place.Map, first, count);
        }
        else if (!image.Bat.IsAllocated(block))
        {
            entry = Allocate();
            Add(block, entry, new byte[image.Layout.BitmapSize], first, count, isNew: true);
        }
        else
        {
            entry = image.Bat[block];
            if (!Shows(block, first, count))
                Add(block, entry, _last.Map, first, count, isNew: false);
        }

        return image.Layout.DataOffset(entry) + ((long)first << VHD_SECTOR_SHIFT);
    }

    /// <summary>Makes what was placed since the last time part of the disk. It has been written.</summary>
    public void Commit()
    {
        if (_pending.Count == 0)
            return;
        WriteBitmaps(ofNewBlocks: true);
        image.File.Sync();
        WriteBitmaps(ofNewBlocks: false);
        int[] created = [.. _pending.Where(pair => pair.Value.IsNew).Select(pair => pair.Key)];
        foreach (int block in created)
            image.Bat[block] = _pending[block].Entry;
        foreach (IGrouping<int, int> sector in created.GroupBy(block => block / BlockAllocationTable.EntriesPerSector))
            image.WriteBat(sector.Key * BlockAllocationTable.EntriesPerSector, 1);
        foreach ((int block, (_, byte[] map, _)) in _pending)
            if (SectorBitmap.IsFull(map, image.Layout.SectorsPerBlock))
                image.Metadata.Batmap?.SetFull(block);
        _pending.Clear();
        _last = (-1, []);
    }

    /// <summary>Writes what follows from the blocks; call it after a failure as well, when what was not committed is given up.</summary>
    public void Finish()
    {
        _pending.Clear();

        // A batmap must not call a block full before its bitmap does.
        image.File.Sync();
        image.WriteBatmap();
        image.WriteFooter();
        image.File.Sync();
    }

    private void Add(int block, uint entry, byte[] map, int first, int count, bool isNew)
    {
        SectorBitmap.SetRange(map, first, count);
        _pending.Add(block, (entry, map, isNew));
    }

    /// <summary>Whether the disk has all of the sectors already: then writing them changes no metadata.</summary>
    private bool Shows(int block, int first, int count)
    {
        if (image.Metadata.Batmap?.IsFull(block) ?? false)
            return true;
        if (_last.Block != block)
            _last = (block, image.ReadBitmap(block));
        return SectorBitmap.Find(_last.Map, false, first, first + count) == first + count;
    }

    private void WriteBitmaps(bool ofNewBlocks)
    {
        foreach ((uint entry, byte[] map, bool isNew) in _pending.Values)
            if (isNew == ofNewBlocks)
                image.File.Write(VhdLayout.BitmapOffset(entry), map);
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
