using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.ImageDrivers.Layers.Alignment;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>The guest's data in the file, encrypted there or not.</summary>
internal sealed class BlockData(VhdFile file, SectorCipher? cipher) : IDisposable
{
    private readonly BouncePool? _bounce = cipher is null ? null : new BouncePool(file.File.Scope.Engine.Buffers);
    private bool _canDiscard = cipher is null;

    // Zeroes in the file are no zeroes to a guest whose data is encrypted.
    private bool _canPunch = cipher is null;
    private bool _canZero = cipher is null;

    /// <summary>What is in the file is what the guest sees.</summary>
    internal bool IsPlain => cipher is null;

    /// <param name="place">Byte in the file.</param>
    /// <param name="offset">Byte on the disk.</param>
    /// <param name="buffer">To be filled.</param>
    /// <returns>0 or a negative errno.</returns>
    internal IoTask<int> ReadAsync(long place, long offset, IoBuffer buffer) =>
        cipher is null ? file.ReadAsync(place, buffer) : ReadEncryptedAsync(cipher, place, offset, buffer);

    /// <param name="place">Byte in the file.</param>
    /// <param name="offset">Byte on the disk.</param>
    /// <param name="buffer">To be written; it stays as it is.</param>
    /// <param name="durable">Return only when it is on stable storage.</param>
    /// <returns>0 or a negative errno.</returns>
    internal IoTask<int> WriteAsync(long place, long offset, IoBuffer buffer, bool durable) =>
        cipher is null ? file.WriteAsync(place, buffer, durable) : WriteEncryptedAsync(cipher, place, offset, buffer, durable);

    /// <summary>Makes it zero without sending zeroes.</summary>
    /// <param name="place">Byte in the file.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="options">Whether a hole may be made, and whether it has to be fast.</param>
    /// <returns>0, −EOPNOTSUPP if that is not possible, or another negative errno.</returns>
    internal async IoTask<int> ZeroAsync(long place, long length, WriteOptions options)
    {
        int era = file.Eras.Enter();
        try
        {
            int result = -Errno.EOPNOTSUPP;
            if (_canPunch && (options & WriteOptions.NoHole) == 0)
            {
                result = await file.File.AllocateAsync(IoAllocateMode.PunchHole, place, length);
                _canPunch = result != -Errno.EOPNOTSUPP;
            }

            // A device that cannot zero by itself is written to by the kernel: that works, but not fast.
            if (result == -Errno.EOPNOTSUPP && _canZero && !((options & WriteOptions.Fast) != 0 && file.File.IsBlockDevice))
            {
                result = await file.File.AllocateAsync(IoAllocateMode.ZeroRange, place, length);
                _canZero = result != -Errno.EOPNOTSUPP;
            }
            return result;
        }
        finally
        {
            file.Eras.Leave(era);
        }
    }

    /// <summary>Gives space back if that is possible.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> DiscardAsync(long place, long length)
    {
        if (!_canDiscard)
            return 0;
        int era = file.Eras.Enter();
        try
        {
            int result = await file.File.AllocateAsync(IoAllocateMode.Discard, place, length);
            _canDiscard = result != -Errno.EOPNOTSUPP;
            return _canDiscard ? result : 0;
        }
        finally
        {
            file.Eras.Leave(era);
        }
    }

    /// <summary>Erases the key.</summary>
    public void Dispose() => cipher?.Dispose();

    private static ulong SectorOf(long offset) => (ulong)offset / ImageInfo.SectorBytes;

    private async IoTask<int> ReadEncryptedAsync(SectorCipher key, long place, long offset, IoBuffer buffer)
    {
        int result = await file.ReadAsync(place, buffer);
        if (result == 0)
            key.Decrypt(SectorOf(offset), buffer.Span, buffer.Span);
        return result;
    }

    private async IoTask<int> WriteEncryptedAsync(SectorCipher key, long place, long offset, IoBuffer buffer, bool durable)
    {
        // The place must not become another block's between two parts.
        int era = file.Eras.Enter();
        try
        {
            int result = 0;
            for (int done = 0; done < buffer.Length && result == 0;)
            {
                IoBuffer part = buffer.Slice(done, Math.Min(buffer.Length - done, BouncePool.ChunkSize));
                IoBuffer bounce = await _bounce!.RentAsync(part.Length);
                key.Encrypt(SectorOf(offset + done), part.Span, bounce.Span);
                result = await file.WriteAsync(place + done, bounce, durable);
                _bounce.Return(bounce);
                done += part.Length;
            }
            return result;
        }
        finally
        {
            file.Eras.Leave(era);
        }
    }
}
