using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>A connection's own memory, which no quota counts: its size is fixed and the number of connections is limited.</summary>
internal sealed unsafe class NbdMemory : IDisposable
{
    private const int HeaderBytes = 32 << 10;
    private const nuint PageSize = 4096;

    private readonly void* _block;
    private bool _disposed;

    internal NbdMemory(int receiveBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(receiveBytes, NbdOptions.LeastReceiveBufferBytes);
        _block = NativeMemory.AlignedAlloc((nuint)(receiveBytes + HeaderBytes), PageSize);
        Receive = new IoBuffer((nint)_block, receiveBytes);
        Headers = new IoBuffer((nint)_block + receiveBytes, HeaderBytes);
    }

    /// <summary>What arrives.</summary>
    internal IoBuffer Receive { get; }

    /// <summary>What goes out and is not data: handshake, headers of replies.</summary>
    internal IoBuffer Headers { get; }

    /// <summary>Parts of the send in flight, of which there is one at most.</summary>
    internal IoVectorList Parts { get; } = new();

    /// <inheritdoc />
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Parts.Dispose();
        NativeMemory.AlignedFree(_block);
    }
}
