using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Layers.Alignment;

/// <summary>
/// The bounce buffers of one image: a bounded number, for which requests wait in the order they came. A request holds one at a time and
/// waits for nothing but I/O meanwhile, so that each comes back.
/// </summary>
internal sealed class BouncePool(BufferPool buffers)
{
    /// <summary>Bytes of the largest bounce buffer; what is longer goes in pieces.</summary>
    internal const int ChunkSize = 128 * 1024;

    /// <summary>Buffers at a time: enough to keep a disk busy with requests that all need one.</summary>
    internal const int MaxBuffers = 16;

    private readonly BufferQuota _quota = new((long)ChunkSize * MaxBuffers);
    private readonly Queue<IoPromise<int>> _waiting = new();
    private readonly Stack<IoPromise<int>> _free = new();
    private int _rented;

    internal async IoTask<IoBuffer> RentAsync(int length)
    {
        if (_rented == MaxBuffers)
        {
            IoPromise<int> turn = _free.TryPop(out IoPromise<int>? free) ? free : new IoPromise<int>();
            _waiting.Enqueue(turn);
            await turn.Task;
            _free.Push(turn);
        }
        else
        {
            _rented++;
        }
        return buffers.Rent(length, _quota);
    }

    internal void Return(IoBuffer buffer)
    {
        buffers.Return(buffer, _quota);

        // The place goes to the next in line, so that nobody overtakes it.
        if (_waiting.TryDequeue(out IoPromise<int>? turn))
            turn.Set(0);
        else
            _rented--;
    }
}
