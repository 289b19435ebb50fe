using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Vhd.Driver;

/// <summary>Zeroes and discards. Blocks keep their places and sectors their bits: space is given back by holes in the file.</summary>
internal sealed partial class SparseVhdImage
{
    /// <inheritdoc />
    public async IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options)
    {
        bool keepsSpace = (options & WriteOptions.NoHole) != 0;
        for (long end = offset + length; offset < end;)
        {
            SectorRun run = await RunAtAsync(offset, (int)Math.Min(end - offset, _layout.BlockSize));
            int result = run.Result;
            if (run.IsHere)
                result = await ZeroHereAsync(offset, run.Length, options);
            else if (result == 0 && (keepsSpace || !_below.IsNothing))
                result = -Errno.EOPNOTSUPP;
            if (result == -Errno.EOPNOTSUPP && (options & WriteOptions.Fast) == 0)
                result = await WriteZeroDataAsync(offset, run.Length);
            if (result < 0)
                return result;
            offset += run.Length;
        }
        return (options & WriteOptions.Durable) != 0 ? await _file.SyncAsync() : 0;
    }

    /// <inheritdoc />
    public async IoTask<int> DiscardAsync(long offset, long length, WriteOptions options)
    {
        for (long end = offset + length; offset < end;)
        {
            SectorRun run = await RunAtAsync(offset, (int)Math.Min(end - offset, _layout.BlockSize));
            int result = run.Result;
            if (run.IsHere)
                result = await _data.DiscardAsync(PlaceAt(offset), run.Length);
            if (result < 0)
                return result;
            offset += run.Length;
        }
        return (options & WriteOptions.Durable) != 0 ? await _file.SyncAsync() : 0;
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

    private async IoTask<int> WriteZeroDataAsync(long offset, int length)
    {
        int result = 0;
        for (int done = 0; done < length && result == 0;)
        {
            BlockIo.Buffers.IoBuffer zeroes = _file.Zeroes(length - done);
            result = await WriteAsync(offset + done, zeroes, WriteOptions.None);
            done += zeroes.Length;
        }
        return result;
    }
}
