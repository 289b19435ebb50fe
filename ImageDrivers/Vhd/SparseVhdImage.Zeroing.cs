using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// Zeroes and discards. A whole block leaves its place where nothing but zeroes would show instead; of the rest, sectors that are here become
/// holes in the file, and sectors that are not become zero by their bits.
/// </summary>
internal sealed partial class SparseVhdImage
{
    private readonly Stack<List<uint>> _lists = new();

    /// <inheritdoc />
    public async IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options)
    {
        bool keepsSpace = (options & WriteOptions.NoHole) != 0;
        int result = keepsSpace ? 0 : await FreeBlocksAsync(offset, length);
        for (long end = offset + length; offset < end && result == 0;)
        {
            SectorRun run = await RunAtAsync(offset, (int)Math.Min(end - offset, _layout.BlockSize));
            result = run.Result;
            if (run.IsHere)
                result = await ZeroHereAsync(offset, run.Length, options);
            else if (result == 0)
                result = keepsSpace ? -Errno.EOPNOTSUPP : await ZeroByBitsAsync(offset, run.Length, options);
            if (result == -Errno.EOPNOTSUPP && (options & WriteOptions.Fast) == 0)
                result = await _file.Zeroes.WriteAsync(this, offset, run.Length, WriteOptions.None);
            offset += run.Length;
        }
        return result == 0 && (options & WriteOptions.Durable) != 0 ? await _file.SyncAsync() : result;
    }

    /// <inheritdoc />
    public async IoTask<int> DiscardAsync(long offset, long length, WriteOptions options)
    {
        int result = await FreeBlocksAsync(offset, length);
        for (long end = offset + length; offset < end && result == 0;)
        {
            SectorRun run = await RunAtAsync(offset, (int)Math.Min(end - offset, _layout.BlockSize));
            result = run.IsHere ? await _data.DiscardAsync(PlaceAt(offset), run.Length) : run.Result;
            offset += run.Length;
        }
        return result == 0 && (options & WriteOptions.Durable) != 0 ? await _file.SyncAsync() : result;
    }

    /// <summary>
    /// The blocks that lie whole in a range leave their places, if what shows then is zero: first in the BAT in memory, so that nobody goes
    /// there any more, then in that of the file. What becomes of the places is up to <see cref="BlockSpace"/>.
    /// </summary>
    /// <returns>0 or a negative errno.</returns>
    private async IoTask<int> FreeBlocksAsync(long offset, long length)
    {
        int first = (int)((offset + _layout.BlockSize - 1) / _layout.BlockSize);
        int end = offset + length >= Info.Length ? _bat.Count : (int)((offset + length) / _layout.BlockSize);
        List<uint> places = _lists.TryPop(out List<uint>? free) ? free : [];
        int result = 0;
        for (int block = first; block < end && result >= 0; block++)
        {
            result = !_bat.IsAllocated(block) ? 0 : await _below.IsZeroAsync((long)block * _layout.BlockSize, _layout.BlockSize);
            if (result > 0 && TryLeave(block, out uint place))
                places.Add(place);
        }
        if (places.Count > 0)
        {
            for (int block = first; block < end && result >= 0; block++)
                result = await _batCommits.CommitAsync(block);
            for (int i = 0; i < places.Count && result >= 0; i++)
                _space.Give(places[i]);
        }
        places.Clear();
        _lists.Push(places);
        return Math.Min(result, 0);
    }

    private bool TryLeave(int block, out uint place)
    {
        place = _bat[block];

        // The batmap in the file must not call a block full that is not there. It cannot be changed together with its checksum.
        if (place == DD_BLK_UNUSED || _metadata.Batmap?.IsFull(block) == true || !_bitmaps.TryForget(block))
            return false;
        _bat[block] = DD_BLK_UNUSED;
        _full[block] = _clean[block] = false;
        _batCommits.Note(block);
        return true;
    }

    private long PlaceAt(long offset) => PlaceOf((int)(offset / _layout.BlockSize), (int)(offset % _layout.BlockSize));

    private async IoTask<int> ZeroHereAsync(long offset, int length, WriteOptions options)
    {
        int result = await _data.ZeroAsync(PlaceAt(offset), length, options);
        int block = (int)(offset / _layout.BlockSize);
        if (result < 0 || _full[block])
            return result;

        // The bits that were found may be on their way to the file: without them the parent's data would come back.
        BlockBitmap bitmap = _bitmaps.Pin(block);
        try
        {
            return await CommitAsync(bitmap);
        }
        finally
        {
            _bitmaps.Unpin(bitmap);
        }
    }

    /// <summary>Sectors of one block that are not here get their bits, over zeroes in the file.</summary>
    /// <returns>0, −EOPNOTSUPP if zeroes have to be written, or another negative errno.</returns>
    private async IoTask<int> ZeroByBitsAsync(long offset, int length, WriteOptions options)
    {
        int block = (int)(offset / _layout.BlockSize);
        int result = await _below.IsZeroAsync(offset, length);

        // A block that is leaving its place may be there in the file still, and what was promised must hold there.
        if (result != 0)
            return result > 0 ? await _batCommits.CommitAsync(block) : result;
        if (!_data.IsPlain)
            return -Errno.EOPNOTSUPP;
        BlockBitmap bitmap = _bitmaps.Pin(block);
        try
        {
            result = await ProvideAsync(bitmap);
            if (result == 0 && !_clean[block])
            {
                result = await _data.ZeroAsync(PlaceAt(offset), length, options);
                if (result == 0)
                    result = await _file.SyncAsync();
            }
            if (result < 0)
                return result;
            bitmap.Set((int)(offset % _layout.BlockSize) >> VHD_SECTOR_SHIFT, length >> VHD_SECTOR_SHIFT);
            return await CommitAsync(bitmap);
        }
        finally
        {
            _bitmaps.Unpin(bitmap);
        }
    }
}
