using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.AioAbi;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Aio;

/// <summary>
/// One Linux AIO context: collects iocbs, submits them together, and takes completions straight from the ring that the kernel maps
/// into the process. Used by one thread.
/// </summary>
internal sealed unsafe class AioContext : IDisposable
{
    // Events taken by io_getevents at a time, where the ring is not as expected.
    private const int EventBatch = 64;

    private readonly int _wakeDescriptor;
    private readonly iocb* _iocbs;
    private readonly iocb** _pending;
    private readonly io_event* _events = (io_event*)NativeMemory.AllocZeroed(EventBatch, (nuint)sizeof(io_event));
    private readonly ushort[] _free;
    private readonly aio_context_t _context;
    private readonly bool _isRingReadable;
    private int _freeCount;
    private int _pendingCount;
    private int _eventCount;
    private int _eventNext;

    /// <param name="wakeDescriptor">An eventfd that each completion signals.</param>
    /// <param name="capacity">
    /// Operations that the kernel holds at most, up to 65536; fs.aio-max-nr (65536 by default) bounds the sum over the host.
    /// </param>
    internal AioContext(int wakeDescriptor, int capacity)
    {
        _wakeDescriptor = wakeDescriptor;
        _iocbs = (iocb*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(iocb));
        _pending = (iocb**)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(iocb*));
        _free = new ushort[capacity];
        _freeCount = capacity;
        for (int i = 0; i < capacity; i++)
            _free[i] = (ushort)(capacity - 1 - i);
        aio_context_t context = default;
        int result = io_setup((uint)capacity, &context);
        int error = errno;
        _context = context;
        if (result < 0)
        {
            FreeMemory();
            throw KernelErrors.Exception(error, "cannot set up Linux AIO (see fs.aio-max-nr)");
        }
        _isRingReadable = context.ring->magic == AIO_RING_MAGIC && context.ring->incompat_features == 0;
    }

    /// <summary>One more operation has room.</summary>
    internal bool HasRoom => _freeCount > 0;

    internal bool HasCompletions
    {
        get
        {
            if (!_isRingReadable)
                return false;
            aio_ring* ring = _context.ring;
            return ring->head != Volatile.Read(ref ring->tail);
        }
    }

    /// <summary>Why this process cannot use Linux AIO, or null.</summary>
    internal static string? WhyUnavailable()
    {
        aio_context_t context = default;
        if (io_setup(1, &context) < 0)
            return $"io_setup failed: {Marshal.GetPInvokeErrorMessage(errno)}";
        _ = io_destroy(context);
        return null;
    }

    /// <summary>Collects an operation; there must be room.</summary>
    internal void Add(PosixOperation operation)
    {
        int index = _free[--_freeCount];
        iocb* block = _iocbs + index;
        *block = new iocb
        {
            aio_data = ((ulong)(uint)operation.Index << 32) | (uint)index,
            aio_rw_flags = operation.Flags,
            aio_lio_opcode = operation.Opcode switch
            {
                PosixOpcode.Read => IOCB_CMD_PREAD,
                PosixOpcode.Write => IOCB_CMD_PWRITE,
                _ => IOCB_CMD_FDSYNC,
            },
            aio_fildes = operation.Handle.Fd,
            aio_flags = IOCB_FLAG_RESFD,
            aio_resfd = (uint)_wakeDescriptor,
        };
        if (operation.Opcode != PosixOpcode.Sync)
        {
            block->aio_buf = (ulong)operation.Memory;
            block->aio_nbytes = operation.Remaining;
            block->aio_offset = operation.Offset + operation.Done;
        }
        _pending[_pendingCount++] = block;
    }

    /// <summary>Submits what was collected.</summary>
    /// <param name="operation">When the kernel refuses an operation: its index; call again for the rest. Else −1.</param>
    /// <returns>0, or the negative errno of the refused operation.</returns>
    internal int Submit(out int operation)
    {
        operation = -1;
        int submitted = 0;
        int error = 0;
        while (submitted < _pendingCount)
        {
            int result = io_submit(_context, _pendingCount - submitted, _pending + submitted);
            if (result > 0)
            {
                submitted += result;
                continue;
            }
            error = result < 0 ? errno : Errno.EAGAIN;
            if (error != Errno.EINTR)
                break;
            error = 0;
        }

        // EAGAIN: the kernel is short of something; what is left is tried again in the next pass.
        if (submitted < _pendingCount && error != Errno.EAGAIN)
        {
            operation = Release(_pending[submitted]->aio_data);
            submitted++;
        }
        _pendingCount -= submitted;
        new Span<nint>(_pending + submitted, _pendingCount).CopyTo(new Span<nint>(_pending, _pendingCount));
        return operation < 0 ? 0 : -error;
    }

    /// <summary>The kernel could not take all of what was collected.</summary>
    internal bool HasPending => _pendingCount > 0;

    /// <summary>Takes the oldest completion.</summary>
    internal bool TryTake(out int operation, out int result)
    {
        io_event completion;
        if (_isRingReadable ? TryTakeFromRing(&completion) : TryTakeByCall(&completion))
        {
            operation = Release(completion.data);
            result = (int)completion.res;
            return true;
        }
        operation = -1;
        result = 0;
        return false;
    }

    public void Dispose()
    {
        // Waits for what is in flight.
        _ = io_destroy(_context);
        FreeMemory();
    }

    private bool TryTakeFromRing(io_event* completion)
    {
        aio_ring* ring = _context.ring;
        uint head = ring->head;
        if (head == Volatile.Read(ref ring->tail))
            return false;
        *completion = ((io_event*)((byte*)ring + ring->header_length))[head];

        // The kernel may use the place as soon as it sees the new head: the copy above must not move below.
        Volatile.Write(ref ring->head, (head + 1) % ring->nr);
        return true;
    }

    private bool TryTakeByCall(io_event* completion)
    {
        if (_eventNext == _eventCount)
        {
            timespec now = default;
            _eventNext = 0;
            _eventCount = Math.Max(0, io_getevents(_context, 0, EventBatch, _events, &now));
            if (_eventCount == 0)
                return false;
        }
        *completion = _events[_eventNext++];
        return true;
    }

    private int Release(ulong data)
    {
        _free[_freeCount++] = (ushort)data;
        return (int)(data >> 32);
    }

    private void FreeMemory()
    {
        NativeMemory.Free(_iocbs);
        NativeMemory.Free(_pending);
        NativeMemory.Free(_events);
    }
}
