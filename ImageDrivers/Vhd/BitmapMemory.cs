using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Buffers;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>Memory for sector bitmaps, aligned for direct I/O and allocated a few at a time.</summary>
/// <param name="size">Bytes of each.</param>
internal sealed unsafe class BitmapMemory(int size) : IDisposable
{
    private const int Page = 4096;
    private const int SlabSize = 64 * 1024;

    private readonly List<nint> _slabs = [];
    private readonly Stack<nint> _free = new();

    internal IoBuffer Rent()
    {
        if (_free.Count == 0)
        {
            int count = Math.Max(1, SlabSize / size);
            var slab = (nint)NativeMemory.AlignedAlloc((nuint)((long)count * size), Page);
            _slabs.Add(slab);
            for (int i = count - 1; i >= 0; i--)
                _free.Push(slab + (i * size));
        }
        return new IoBuffer(_free.Pop(), size);
    }

    internal void Return(IoBuffer bitmap) => _free.Push(bitmap.Address);

    /// <summary>Frees all of it; the kernel must not hold any.</summary>
    public void Dispose()
    {
        foreach (nint slab in _slabs)
            NativeMemory.AlignedFree((void*)slab);
        _slabs.Clear();
        _free.Clear();
    }
}
