using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>Writes: data, then or meanwhile the metadata that shows it.</summary>
internal sealed partial class SparseVhdImage
{
    private async IoTask<int> WritePiecesAsync(long offset, IoBuffer buffer, WriteOptions options)
    {
        TaskFan fan = RentFan();
        for (int at = 0; at < buffer.Length && !fan.HasFailed;)
        {
            int block = (int)((offset + at) / _layout.BlockSize);
            int start = (int)((offset + at) % _layout.BlockSize);
            int length = Math.Min(buffer.Length - at, _layout.BlockSize - start);
            await fan.AddAsync(WriteInBlockAsync(block, start, buffer.Slice(at, length), options));
            at += length;
        }
        return await JoinAsync(fan);
    }

    private IoTask<int> WriteInBlockAsync(int block, int start, IoBuffer buffer, WriteOptions options)
    {
        if (!_full[block])
            return WriteWithBitmapAsync(block, start, buffer, options);
        bool isDurable = (options & WriteOptions.Durable) != 0;
        return isDurable && !_file.IsMetadataStable
            ? WriteDataAndSyncAsync(block, start, buffer)
            : WriteDataAsync(block, start, buffer, isDurable);
    }

    /// <summary>The metadata that makes the block full is in the file, but a durable write of data alone would not make it stable.</summary>
    private async IoTask<int> WriteDataAndSyncAsync(int block, int start, IoBuffer buffer)
    {
        int result = await WriteDataAsync(block, start, buffer, durable: false);
        return result == 0 ? await _file.SyncAsync() : result;
    }

    private IoTask<int> WriteDataAsync(int block, int start, IoBuffer buffer, bool durable) =>
        _data.WriteAsync(PlaceOf(block, start), ((long)block * _layout.BlockSize) + start, buffer, durable);

    private async IoTask<int> WriteWithBitmapAsync(int block, int start, IoBuffer buffer, WriteOptions options)
    {
        BlockBitmap bitmap = _bitmaps.Pin(block);
        try
        {
            int result = await ProvideAsync(bitmap);
            if (result == 0)
                result = await WriteDataAndBitsAsync(bitmap, start, buffer);
            return result == 0 && (options & WriteOptions.Durable) != 0 ? await _file.SyncAsync() : result;
        }
        finally
        {
            _bitmaps.Unpin(bitmap);
        }
    }

    /// <summary>The block has its place, and its bitmap is in memory.</summary>
    private async IoTask<int> ProvideAsync(BlockBitmap bitmap)
    {
        while (!_bat.IsAllocated(bitmap.Block))
        {
            if (_space.TryTake(out uint entry))
                Place(bitmap, entry);
            else if (await _space.WaitAsync() is < 0 and int failure)
                return failure;
        }
        return await LoadAsync(bitmap);
    }

    private void Place(BlockBitmap bitmap, uint entry)
    {
        _bat[bitmap.Block] = entry;
        _batCommits.Note(bitmap.Block);
        _clean[bitmap.Block] = _space.IsZeroed && _data.IsPlain;
        bitmap.Memory.Span.Clear();
        bitmap.IsLoaded = true;
    }

    private async IoTask<int> WriteDataAndBitsAsync(BlockBitmap bitmap, int start, IoBuffer buffer)
    {
        int block = bitmap.Block;
        int first = start >> VHD_SECTOR_SHIFT;
        int count = buffer.Length >> VHD_SECTOR_SHIFT;
        bool isHere = bitmap.HasAll(first, count);
        bool isClean = _clean[block] && _below.IsNothing;
        if (!isHere && isClean)
            bitmap.Set(first, count);
        IoTask<int> writing = WriteDataAsync(block, start, buffer, durable: false);
        IoTask<int> committing = CommitAsync(bitmap);
        int written = await writing;
        int committed = await committing;
        if ((written | committed) < 0)
        {
            // What is in the sectors now may be shown by no bit, and must not be by a later one.
            _clean[block] = false;
            return written < 0 ? written : committed;
        }
        if (isHere || isClean)
            return 0;
        int result = await _file.SyncAsync();
        if (result < 0)
        {
            _clean[block] = false;
            return result;
        }
        bitmap.Set(first, count);
        return await CommitAsync(bitmap);
    }

    /// <summary>The bits that are set and the block's BAT entry are in the file afterwards.</summary>
    private async IoTask<int> CommitAsync(BlockBitmap bitmap)
    {
        IoTask<int> placing = _batCommits.CommitAsync(bitmap.Block);
        int result = bitmap.IsChanged ? await BitmapCache.CommitAsync(bitmap) : 0;
        int placed = await placing;
        NoteIfFull(bitmap);
        return result < 0 ? result : placed;
    }
}
