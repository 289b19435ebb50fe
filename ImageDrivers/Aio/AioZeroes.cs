using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Aio;

/// <summary>Makes ranges of a raw image zero: by a hole, by zeroing in place, or, where the storage can do neither, by writing.</summary>
internal sealed class AioZeroes(AioImage image, IoFile file)
{
    // Large enough for the full speed of a disk, small enough to be kept for each image that needs it. Shared by all requests: a device
    // only reads it.
    private const int ChunkSize = 256 * 1024;

    private readonly BufferQuota _quota = new(ChunkSize);
    private IoBuffer _chunk;
    private bool _canPunch = true;
    private bool _canZero = true;

    internal async IoTask<int> WriteAsync(long offset, long length, WriteOptions options)
    {
        int result = -Errno.EOPNOTSUPP;
        if (_canPunch && (options & WriteOptions.NoHole) == 0)
        {
            result = await file.AllocateAsync(IoAllocateMode.PunchHole, offset, length);
            _canPunch = result != -Errno.EOPNOTSUPP;
        }

        // A device that cannot zero by itself is written to by the kernel: that works, but not fast.
        bool isFast = (options & WriteOptions.Fast) != 0;
        if (result == -Errno.EOPNOTSUPP && _canZero && !(isFast && file.IsBlockDevice))
        {
            result = await file.AllocateAsync(IoAllocateMode.ZeroRange, offset, length);
            _canZero = result != -Errno.EOPNOTSUPP;
        }
        if (result == -Errno.EOPNOTSUPP && !isFast)
            return await WriteChunksAsync(offset, length, options & WriteOptions.Durable);
        return result == 0 && (options & WriteOptions.Durable) != 0 ? await image.FlushAsync() : result;
    }

    internal void Close()
    {
        if (_chunk.Length > 0)
            file.Scope.Engine.Buffers.Return(_chunk, _quota);
        _chunk = default;
    }

    private async IoTask<int> WriteChunksAsync(long offset, long length, WriteOptions options)
    {
        if (_chunk.Length == 0)
        {
            _chunk = file.Scope.Engine.Buffers.Rent(ChunkSize, _quota);
            _chunk.Span.Clear();
        }
        while (length > 0)
        {
            int step = (int)Math.Min(length, ChunkSize);
            int result = await image.WriteAsync(offset, _chunk.Slice(0, step), options);
            if (result < 0)
                return result;
            offset += step;
            length -= step;
        }
        return 0;
    }
}
