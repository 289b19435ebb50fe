using System.Runtime.InteropServices;

namespace Tapvisor.VhdUtil.Files;

/// <summary>Memory that direct I/O accepts.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    /// <summary>Bytes to which memory, offsets and lengths of direct I/O are best aligned.</summary>
    public const int Alignment = 4096;

    private byte* _pointer;

    /// <param name="size">Bytes; zeroed.</param>
    public AlignedBuffer(int size)
    {
        Size = size;
        _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        Span.Clear();
    }

    ~AlignedBuffer() => NativeMemory.AlignedFree(_pointer);

    public int Size { get; }

    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return new Span<byte>(_pointer, Size);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        GC.SuppressFinalize(this);
    }
}
