using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Files;

/// <summary>Transfers that move all of a buffer, whatever the kernel moves at a time.</summary>
internal static class WholeTransfer
{
    /// <param name="file">To read from.</param>
    /// <param name="offset">Of its first byte.</param>
    /// <param name="buffer">To be filled.</param>
    /// <param name="unit">Bytes that come whole or not at all.</param>
    /// <returns>0, −EIO when the file ends before, or another negative errno.</returns>
    internal static async IoTask<int> ReadAsync(IoFile file, long offset, IoBuffer buffer, int unit)
    {
        int moved = await file.ReadAsync(buffer, offset);
        return moved == buffer.Length ? 0 : await FinishReadAsync(file, offset, buffer, unit, moved);
    }

    /// <summary>As <see cref="ReadAsync"/>, after the first operation.</summary>
    /// <param name="file">To read from.</param>
    /// <param name="offset">Of its first byte.</param>
    /// <param name="buffer">To be filled.</param>
    /// <param name="unit">Bytes that come whole or not at all.</param>
    /// <param name="moved">What the first operation returned.</param>
    /// <returns>0, −EIO when the file ends before, or another negative errno.</returns>
    internal static async IoTask<int> FinishReadAsync(IoFile file, long offset, IoBuffer buffer, int unit, int moved)
    {
        while (moved >= 0 && moved != buffer.Length)
        {
            // Nothing, or a part of a sector, comes only at the end of a file that somebody has cut: those bytes are gone, not zero.
            if (moved == 0 || moved % unit != 0)
                return -Errno.EIO;
            offset += moved;
            buffer = buffer.Slice(moved);
            moved = await file.ReadAsync(buffer, offset);
        }
        return moved < 0 ? moved : 0;
    }

    /// <param name="file">To write to.</param>
    /// <param name="offset">Of its first byte.</param>
    /// <param name="buffer">To be written.</param>
    /// <param name="unit">Bytes that go whole or not at all.</param>
    /// <param name="durable">Return only when it is on stable storage.</param>
    /// <returns>0 or a negative errno.</returns>
    internal static async IoTask<int> WriteAsync(IoFile file, long offset, IoBuffer buffer, int unit, bool durable = false)
    {
        int moved = await file.WriteAsync(buffer, offset, durable);
        return moved == buffer.Length ? 0 : await FinishWriteAsync(file, offset, buffer, unit, moved, durable);
    }

    /// <summary>As <see cref="WriteAsync"/>, after the first operation.</summary>
    /// <param name="file">To write to.</param>
    /// <param name="offset">Of its first byte.</param>
    /// <param name="buffer">To be written.</param>
    /// <param name="unit">Bytes that go whole or not at all.</param>
    /// <param name="moved">What the first operation returned.</param>
    /// <param name="durable">Return only when it is on stable storage.</param>
    /// <returns>0 or a negative errno.</returns>
    internal static async IoTask<int> FinishWriteAsync(IoFile file, long offset, IoBuffer buffer, int unit, int moved, bool durable)
    {
        while (moved >= 0 && moved != buffer.Length)
        {
            if (moved == 0 || moved % unit != 0)
                return -Errno.EIO;
            offset += moved;
            buffer = buffer.Slice(moved);
            moved = await file.WriteAsync(buffer, offset, durable);
        }
        return moved < 0 ? moved : 0;
    }
}
