using Tapvisor.BlockIo.Buffers;

namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>A write that was given to the kernel and has not completed. Its memory belongs to the kernel meanwhile.</summary>
internal sealed class InFlightWrite
{
    private IoBuffer _buffer;
    private byte[]? _copy;

    internal long Offset { get; private set; }

    internal bool IsDurable { get; private set; }

    internal ReadOnlySpan<byte> Data => _copy is null ? _buffer.Span : _copy;

    internal void Set(IoBuffer buffer, long offset, bool durable)
    {
        _buffer = buffer;
        _copy = null;
        Offset = offset;
        IsDurable = durable;
    }

    /// <summary>The process is gone, and its memory with it; the kernel has pinned the pages.</summary>
    internal void Detach() => _copy = _buffer.Span.ToArray();
}
