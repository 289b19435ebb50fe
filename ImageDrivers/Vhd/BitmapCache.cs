using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// The sector bitmaps in memory: those in use, and of the others the most recently used as far as the bound allows. One with changes that
/// could
/// not be written is forgotten when its last user goes: what is in the file counts, and nobody was told otherwise.
/// </summary>
internal sealed class BitmapCache : IDisposable
{
    // Where a bitmap has no page to itself.
    private const long Nowhere = long.MaxValue;

    private readonly VhdFile _file;
    private readonly BlockAllocationTable _bat;
    private readonly int _capacity;
    private readonly BitmapMemory _memory;

    // From this sector on every block was placed here, so that the page of its bitmap is nobody else's. Such a bitmap is written together
    // with the gap before it, as whole pages: the file system takes a part of a page that was reserved and never written only after it has
    // waited for all that is in flight.
    private readonly long _wholePagesFrom;
    private readonly Dictionary<int, BlockBitmap> _bitmaps = [];
    private readonly Stack<BlockBitmap> _free = new();
    private BlockBitmap? _oldest;
    private BlockBitmap? _newest;

    /// <param name="file">To read and write them.</param>
    /// <param name="metadata">Where they are and how long, when the file was opened.</param>
    /// <param name="size">Bytes of those not in use.</param>
    internal BitmapCache(VhdFile file, VhdMetadata metadata, int size)
    {
        VhdLayout layout = metadata.Layout;
        _file = file;
        _bat = metadata.RequireBat();
        _capacity = Math.Max(1, size / layout.BitmapSize);
        _memory = new BitmapMemory(layout.BitmapSize);
        ulong taken = VhdLayout.PadToSector((ulong)Math.Max(metadata.EndOfData, metadata.EndOfHeaders));
        _wholePagesFrom = layout.SectorsPerBlock % VhdLayout.PageSectors == 0 ? (long)taken >> VhdConstants.VHD_SECTOR_SHIFT : Nowhere;
    }

    /// <summary>The bitmap of a block if it is known, not to be kept across a wait.</summary>
    internal bool TryGet(int block, out BlockBitmap bitmap) => _bitmaps.TryGetValue(block, out bitmap!) && bitmap.IsLoaded;

    /// <summary>The bitmap of a block, which may have to be loaded, for use until <see cref="Unpin"/>.</summary>
    internal BlockBitmap Pin(int block)
    {
        if (!_bitmaps.TryGetValue(block, out BlockBitmap? bitmap))
        {
            if (!_free.TryPop(out bitmap))
                bitmap = _bitmaps.Count >= _capacity && _oldest is { } oldest ? Take(oldest) : new BlockBitmap(this, _memory.Rent());
            bitmap.Reset(block);
            _bitmaps.Add(block, bitmap);
        }
        else if (bitmap.Pins == 0)
        {
            Unlink(bitmap);
        }
        bitmap.Pins++;
        return bitmap;
    }

    internal void Unpin(BlockBitmap bitmap)
    {
        if (--bitmap.Pins > 0)
            return;
        if (!bitmap.IsLoaded || bitmap.IsChanged || _bitmaps.Count > _capacity)
        {
            _bitmaps.Remove(bitmap.Block);
            _free.Push(bitmap);
            return;
        }
        bitmap.Older = _newest;
        bitmap.Newer = null;
        if (_newest is null)
            _oldest = bitmap;
        else
            _newest.Newer = bitmap;
        _newest = bitmap;
    }

    /// <summary>Forgets a block's bitmap, for the block leaves its place; false, and nothing happens, if a request uses it.</summary>
    internal bool TryForget(int block)
    {
        if (!_bitmaps.TryGetValue(block, out BlockBitmap? bitmap))
            return true;
        if (bitmap.Pins > 0)
            return false;
        _free.Push(Take(bitmap));
        return true;
    }

    /// <summary>Its changes so far are in the file afterwards, though perhaps not on stable storage.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal static async IoTask<int> CommitAsync(BlockBitmap bitmap)
    {
        long wanted = bitmap.Version;
        int result = 0;
        while (result == 0 && bitmap.Written < wanted)
            result = await bitmap.Commit.RunAsync();
        return result;
    }

    internal async IoTask<int> ReadAsync(BlockBitmap bitmap)
    {
        if (bitmap.IsLoaded)
            return 0;
        int result = await _file.ReadAsync(VhdLayout.BitmapOffset(_bat[bitmap.Block]), bitmap.Memory);
        bitmap.IsLoaded |= result == 0;
        return result;
    }

    internal async IoTask<int> WriteAsync(BlockBitmap bitmap)
    {
        long version = bitmap.Version;
        if (bitmap.Written == version)
            return 0;
        uint entry = _bat[bitmap.Block];
        int gap = GapBefore(entry);
        IoBuffer copy = _file.Rent(gap + bitmap.Memory.Length);
        copy.Span[..gap].Clear();
        bitmap.Memory.Span.CopyTo(copy.Span[gap..]);
        int result = await _file.WriteMetadataAsync(VhdLayout.BitmapOffset(entry) - gap, copy);
        _file.Return(copy);
        if (result == 0)
            bitmap.Written = version;
        return result;
    }

    /// <summary>Frees the memory; nothing may be in flight.</summary>
    public void Dispose() => _memory.Dispose();

    /// <summary>Bytes before a bitmap that are to be written with it.</summary>
    private int GapBefore(uint entry)
    {
        long page = VhdLayout.PageStart(entry);
        return page >= _wholePagesFrom ? (int)(entry - page) << VhdConstants.VHD_SECTOR_SHIFT : 0;
    }

    private BlockBitmap Take(BlockBitmap bitmap)
    {
        Unlink(bitmap);
        _bitmaps.Remove(bitmap.Block);
        return bitmap;
    }

    private void Unlink(BlockBitmap bitmap)
    {
        if (bitmap.Older is null)
            _oldest = bitmap.Newer;
        else
            bitmap.Older.Newer = bitmap.Newer;
        if (bitmap.Newer is null)
            _newest = bitmap.Older;
        else
            bitmap.Newer.Older = bitmap.Older;
        bitmap.Older = bitmap.Newer = null;
    }
}
