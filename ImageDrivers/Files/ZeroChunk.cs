using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Files;

/// <summary>Zeroes to write where storage cannot zero by itself; shared by all requests of an image, for nobody changes them.</summary>
internal sealed class ZeroChunk(BufferPool buffers)
{
    /// <summary>Bytes: large enough for the full speed of a disk, small enough to be kept for each image that needs it.</summary>
    internal const int Size = 256 * 1024;

    private readonly BufferQuota _quota = new(Size);
    private IoBuffer _zeroes;

    /// <summary>Some zeroes, of which at most <paramref name="length"/>; not to be changed.</summary>
    internal IoBuffer Of(long length)
    {
        if (_zeroes.Length == 0)
        {
            _zeroes = buffers.Rent(Size, _quota);
            _zeroes.Span.Clear();
        }
        return _zeroes.Slice(0, (int)Math.Min(length, Size));
    }

    /// <summary>Writes zeroes over a range of an image, one piece after the other.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> WriteAsync(IImageDriver image, long offset, long length, WriteOptions options)
    {
        int result = 0;
        while (length > 0 && result == 0)
        {
            IoBuffer zeroes = Of(length);
            result = await image.WriteAsync(offset, zeroes, options);
            offset += zeroes.Length;
            length -= zeroes.Length;
        }
        return result;
    }

    /// <summary>Gives the memory back, once no request uses it. Idempotent.</summary>
    internal void Free()
    {
        if (_zeroes.Length > 0)
            buffers.Return(_zeroes, _quota);
        _zeroes = default;
    }
}
