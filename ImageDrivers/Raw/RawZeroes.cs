using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers.Files;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Raw;

/// <summary>Makes ranges of a raw image zero: by a hole, by zeroing in place, or, where the storage can do neither, by writing.</summary>
internal sealed class RawZeroes(RawImage image, IoFile file)
{
    private readonly ZeroChunk _chunk = new(file.Scope.Engine.Buffers);
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
            return await _chunk.WriteAsync(image, offset, length, options & WriteOptions.Durable);
        return result == 0 && (options & WriteOptions.Durable) != 0 ? await image.FlushAsync() : result;
    }

    internal void Close() => _chunk.Free();
}
