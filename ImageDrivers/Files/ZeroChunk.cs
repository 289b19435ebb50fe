using Tapvisor.BlockIo.Buffers;

namespace Tapvisor.ImageDrivers.Files;

/// <summary>Zeroes to write where storage cannot zero by itself; shared by all requests of an image, for nobody changes them.</summary>
internal sealed class ZeroChunk(BufferPool buffers)
{
    // Large enough for the full speed of a disk, small enough to be kept for each image that needs it.
    private const int Size = 256 * 1024;

    private readonly BufferQuota _quota = new(Size);
    private IoBuffer _zeroes;

    /// <summary>Bytes at most.</summary>
    internal static int Limit => Size;

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

    /// <summary>Gives the memory back, once no request uses it. Idempotent.</summary>
    internal void Free()
    {
        if (_zeroes.Length > 0)
            buffers.Return(_zeroes, _quota);
        _zeroes = default;
    }
}
