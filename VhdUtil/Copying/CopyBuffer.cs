using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>What a thread of a copy has for itself: memory for one transfer, and a reader of the source's chain.</summary>
internal sealed class CopyBuffer(ImageChain? source) : IDisposable
{
    /// <summary>Bytes of the largest transfer.</summary>
    public const int Size = 2 << 20;

    private readonly AlignedBuffer _memory = new(Size);

    public ChainReader? Reader { get; } = source is null ? null : new ChainReader(source);

    public Span<byte> Span => _memory.Span;

    public void Dispose() => _memory.Dispose();
}
