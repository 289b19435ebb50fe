using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Buffers;

namespace Tapvisor.BlockIo.Sockets;

/// <summary>
/// Parts of one send, as an array of struct iovec in unmanaged memory, filled once per send and reused.
/// </summary>
public sealed unsafe class IoVectorList : IDisposable
{
    /// <summary>UIO_MAXIOV of Linux: what one sendmsg takes.</summary>
    public const int Capacity = 1024;

    private readonly Vector* _vectors = (Vector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Vector));
    private bool _disposed;

    /// <summary>Parts so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all parts.</summary>
    public long TotalLength { get; private set; }

    /// <summary>The first struct iovec.</summary>
    internal nint Address => (nint)_vectors;

    /// <summary>Adds a part; the memory is not copied.</summary>
    public void Add(IoBuffer part)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(Count, Capacity);
        _vectors[Count].Base = part.Address;
        _vectors[Count].Length = part.Length;
        Count++;
        TotalLength += part.Length;
    }

    /// <summary>Forgets all parts.</summary>
    public void Clear()
    {
        Count = 0;
        TotalLength = 0;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        NativeMemory.Free(_vectors);
    }

    /// <summary>Part <paramref name="index"/>, for engines that are not the kernel.</summary>
    internal IoBuffer this[int index] => new(_vectors[index].Base, checked((int)_vectors[index].Length));

    // struct iovec of <sys/uio.h>.
    private struct Vector
    {
        internal nint Base;
        internal nint Length;
    }
}
