using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.IoUring;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Uring;

/// <summary>
/// One io_uring: its mappings, the submission queue's tail, the completion queue's head. Made and used by one thread.
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    // 5.11. Without EXT_ARG a wait could not have a timeout; without NODROP completions could be lost.
    private static readonly uint s_requiredFeatures =
        IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_EXT_ARG;

    private static readonly byte[] s_opcodes =
    [
        IORING_OP_READ, IORING_OP_WRITE, IORING_OP_READ_FIXED, IORING_OP_WRITE_FIXED, IORING_OP_FSYNC, IORING_OP_FALLOCATE,
        IORING_OP_RECV, IORING_OP_SENDMSG, IORING_OP_RECVMSG, IORING_OP_ACCEPT, IORING_OP_ASYNC_CANCEL,
    ];

    private readonly int _descriptor;
    private int _enterDescriptor;
    private uint _enterFlags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
    private byte* _rings;
    private nuint _ringsLength;
    private io_uring_sqe* _sqes;
    private nuint _sqesLength;
    private uint* _sqHead;
    private uint* _sqTail;
    private uint* _sqFlags;
    private uint _sqMask;
    private uint _sqEntries;
    private uint _tail;
    private uint* _cqHead;
    private uint* _cqTail;
    private uint _cqMask;
    private io_uring_cqe* _cqes;

    /// <param name="entries">Of the submission queue; the kernel rounds up to a power of two.</param>
    internal Ring(uint entries)
    {
        io_uring_params parameters = default;
        _descriptor = -1;
        int error = 0;

        // What 6.1, 5.19 and 5.11 know: an unknown flag is EINVAL.
        foreach (uint flags in (uint[])[
            IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_TASKRUN_FLAG,
            IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_TASKRUN_FLAG,
            0])
        {
            parameters = new io_uring_params { flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | flags, cq_entries = entries * IoEngineOptions.InFlightFactor };
            _descriptor = io_uring_setup(entries, &parameters);
            error = errno;
            if (_descriptor >= 0 || error != Errno.EINVAL)
                break;
        }
        if (_descriptor < 0)
            throw KernelErrors.Exception(error, "cannot set up an io_uring");
        _enterDescriptor = _descriptor;
        try
        {
            if ((parameters.features & s_requiredFeatures) != s_requiredFeatures)
                throw KernelErrors.Exception(Errno.ENOSYS, $"this kernel's io_uring is too old (features 0x{parameters.features:x})");
            Map(parameters);
            RegisterDescriptor();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Entries have been filled in since the last <see cref="Enter"/>, or the kernel has not taken all of them.</summary>
    internal bool HasSubmissions => _tail != Volatile.Read(ref *_sqHead);

    /// <summary>Completions are to be taken, or the kernel has to be entered to get them.</summary>
    internal bool HasCompletions =>
        *_cqHead != Volatile.Read(ref *_cqTail) || (Volatile.Read(ref *_sqFlags) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;

    /// <summary>Why this process cannot use io_uring, or null.</summary>
    internal static string? WhyUnavailable()
    {
        try
        {
            using var ring = new Ring(2);
            foreach (byte opcode in s_opcodes)
            {
                if (!ring.Supports(opcode))
                    return $"this kernel's io_uring lacks operation {opcode}";
            }
            return null;
        }
        catch (BlockException e)
        {
            return e.Message;
        }
    }

    /// <summary>The next entry to fill in, zeroed; null when the queue is full.</summary>
    internal io_uring_sqe* Next()
    {
        if (_tail - Volatile.Read(ref *_sqHead) == _sqEntries)
            return null;
        io_uring_sqe* sqe = _sqes + (_tail++ & _sqMask);
        *sqe = default;
        return sqe;
    }

    /// <summary>
    /// Submits what has been filled in and, for a timeout other than 0, waits for a completion.
    /// </summary>
    /// <param name="timeout">Nanoseconds; −1 for ever.</param>
    internal void Enter(long timeout)
    {
        Volatile.Write(ref *_sqTail, _tail);
        uint submit = _tail - Volatile.Read(ref *_sqHead);
        timespec time;
        io_uring_getevents_arg argument = default;
        if (timeout > 0)
        {
            time = new timespec { tv_sec = timeout / 1_000_000_000, tv_nsec = (int)(timeout % 1_000_000_000) };
            argument.ts = (ulong)&time;
        }
        int result = io_uring_enter(
            _enterDescriptor, submit, timeout == 0 ? 0u : 1u, _enterFlags, &argument, (nuint)sizeof(io_uring_getevents_arg));

        // EBUSY and EAGAIN: completions have to be taken first. ETIME and EINTR end a wait. What was not submitted stays queued.
        if (result < 0 && errno is not (Errno.ETIME or Errno.EINTR or Errno.EAGAIN or Errno.EBUSY))
            throw KernelErrors.Exception(errno, $"io_uring_enter failed with {submit} operations to submit");
    }

    /// <summary>Takes the oldest completion.</summary>
    internal bool TryTake(out io_uring_cqe completion)
    {
        uint head = *_cqHead;
        if (head == Volatile.Read(ref *_cqTail))
        {
            completion = default;
            return false;
        }
        completion = _cqes[head & _cqMask];
        Volatile.Write(ref *_cqHead, head + 1);
        return true;
    }

    /// <summary>Makes a piece of memory fixed buffer 0.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal int RegisterBuffer(nint address, nint length)
    {
        var vector = new iovec { iov_base = (void*)address, iov_len = (size_t)(ulong)length };
        return io_uring_register(_descriptor, IORING_REGISTER_BUFFERS, &vector, 1) < 0 ? -errno : 0;
    }

    public void Dispose()
    {
        if (_enterDescriptor != _descriptor)
        {
            // The registration would keep the ring alive as long as this thread.
            var update = new io_uring_rsrc_update { offset = (uint)_enterDescriptor };
            _ = io_uring_register(_descriptor, IORING_UNREGISTER_RING_FDS, &update, 1);
            _enterDescriptor = _descriptor;
        }
        if (_sqes is not null)
            _ = munmap(_sqes, (size_t)_sqesLength);
        if (_rings is not null)
            _ = munmap(_rings, (size_t)_ringsLength);
        _sqes = null;
        _rings = null;
        _ = close(_descriptor);
    }

    private bool Supports(byte opcode)
    {
        const int MaxOpcodes = 256;
        int length = sizeof(io_uring_probe) + (MaxOpcodes * sizeof(io_uring_probe_op));
        byte* memory = stackalloc byte[length];
        new Span<byte>(memory, length).Clear();
        if (io_uring_register(_descriptor, IORING_REGISTER_PROBE, memory, MaxOpcodes) < 0)
            return false;
        var probe = (io_uring_probe*)memory;
        var operations = (io_uring_probe_op*)(memory + sizeof(io_uring_probe));
        return opcode <= probe->last_op && (operations[opcode].flags & IO_URING_OP_SUPPORTED) != 0;
    }

    private void Map(in io_uring_params parameters)
    {
        io_sqring_offsets sq = parameters.sq_off;
        io_cqring_offsets cq = parameters.cq_off;
        _ringsLength = Math.Max(
            sq.array + (parameters.sq_entries * sizeof(uint)), cq.cqes + (parameters.cq_entries * (uint)sizeof(io_uring_cqe)));
        _rings = (byte*)Map(_ringsLength, IORING_OFF_SQ_RING);
        _sqesLength = parameters.sq_entries * (nuint)sizeof(io_uring_sqe);
        _sqes = (io_uring_sqe*)Map(_sqesLength, IORING_OFF_SQES);

        _sqHead = (uint*)(_rings + sq.head);
        _sqTail = (uint*)(_rings + sq.tail);
        _sqFlags = (uint*)(_rings + sq.flags);
        _sqMask = *(uint*)(_rings + sq.ring_mask);
        _sqEntries = parameters.sq_entries;
        _cqHead = (uint*)(_rings + cq.head);
        _cqTail = (uint*)(_rings + cq.tail);
        _cqMask = *(uint*)(_rings + cq.ring_mask);
        _cqes = (io_uring_cqe*)(_rings + cq.cqes);

        // Entries are submitted in the order of their places, always.
        var array = (uint*)(_rings + sq.array);
        for (uint i = 0; i < _sqEntries; i++)
            array[i] = i;
    }

    private void* Map(nuint length, ulong offset)
    {
        void* memory = mmap(null, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, _descriptor, (long)offset);
        return memory == MAP_FAILED ? throw KernelErrors.Exception(errno, "cannot map an io_uring") : memory;
    }

    // Saves a look-up of the descriptor in every call; kernels before 5.18 cannot.
    private void RegisterDescriptor()
    {
        var update = new io_uring_rsrc_update { offset = uint.MaxValue, data = (ulong)_descriptor };
        if (io_uring_register(_descriptor, IORING_REGISTER_RING_FDS, &update, 1) != 1)
            return;
        _enterDescriptor = (int)update.offset;
        _enterFlags |= IORING_ENTER_REGISTERED_RING;
    }
}
