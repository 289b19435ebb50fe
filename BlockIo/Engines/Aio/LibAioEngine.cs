using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Aio;

/// <summary>
/// The engine for kernels without io_uring: direct file I/O by Linux AIO, submitted once per pass; sockets by calls that do not
/// block and epoll; buffered file I/O, which Linux AIO would do on our thread, and fallocate(2) on helper threads.
/// </summary>
internal sealed unsafe class LibAioEngine(IoEngineOptions options) : PosixEngine(options)
{
    private const int EventBatch = 128;

    // Names the eventfd in epoll's answers; sockets are named by their slot.
    private const ulong WakeName = ulong.MaxValue;

    private const ulong NanosecondsPerMillisecond = 1_000_000;

    // When to try again what the kernel had no resources for.
    private const ulong Shortage = NanosecondsPerMillisecond;

    private readonly List<AioSocket?> _sockets = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly Queue<PosixOperation> _waitingForRoom = new();
    private readonly Queue<AioSocket> _ready = new();
    private readonly Queue<PosixOperation> _cancelled = new();
    private readonly epoll_event* _events = (epoll_event*)NativeMemory.AllocZeroed(EventBatch, (nuint)sizeof(epoll_event));
    private AioContext? _context;
    private int _epoll = -1;
    private bool _canSync = true;

    public override string Kind => "libaio";

    internal override void Submit(PosixOperation operation)
    {
        if (!operation.IsFileOperation)
        {
            AioSocket socket = _sockets[operation.Handle.Slot]!;
            socket.Add(operation);
            Enlist(socket);
        }
        else if (!operation.Handle.IsDirect || operation.Opcode == PosixOpcode.Allocate
            || (operation.Opcode == PosixOpcode.Sync && !_canSync))
        {
            RunOnHelper(operation);
        }
        else if (_waitingForRoom.Count == 0 && _context!.HasRoom)
        {
            _context.Add(operation);
        }
        else
        {
            _waitingForRoom.Enqueue(operation);
        }
    }

    private protected override void Open()
    {
        _context = new AioContext(WakeDescriptor, Settings.QueueEntries * IoEngineOptions.InFlightFactor);
        _epoll = epoll_create1(EPOLL_CLOEXEC);
        if (_epoll < 0)
            throw KernelErrors.Exception(errno, $"cannot make the epoll of {Name}");
        Watch(WakeDescriptor, EPOLLIN | EPOLLET, WakeName);
    }

    private protected override void Close()
    {
        if (_epoll >= 0)
            _ = close(_epoll);
        _context?.Dispose();
        NativeMemory.Free(_events);
    }

    private protected override void Poll(long timeout)
    {
        // Waiting comes first: what completes afterwards may start timers and operations that this wait knows nothing of.
        bool isBusy = SubmitFileOperations() || HasReady || _ready.Count > 0 || _cancelled.Count > 0 || _context!.HasCompletions;
        Collect(isBusy ? 0 : _context!.HasPending ? Math.Min((ulong)timeout, Shortage) : (ulong)timeout);
        StartPass();
        while (_context!.TryTake(out int index, out int result))
            OperationAt(index).OnResult(result);
        for (int left = _cancelled.Count; left > 0; left--)
            _cancelled.Dequeue().OnResult(-Errno.ECANCELED);
        for (int left = _ready.Count; left > 0; left--)
        {
            AioSocket socket = _ready.Dequeue();
            socket.IsListed = false;
            socket.Proceed();
        }
    }

    private protected override bool HasCompletions()
    {
        if (_context!.HasCompletions)
            return true;
        Collect(0);
        return _ready.Count > 0;
    }

    private protected override void Cancel(PosixOperation operation)
    {
        // The kernel cancels no file operation; one that still waits for room is refused when its turn comes.
        if (!operation.IsFileOperation && _sockets[operation.Handle.Slot]!.Remove(operation))
            _cancelled.Enqueue(operation);
    }

    private protected override void Attach(PosixHandle handle)
    {
        if (handle.Kind == PosixHandleKind.File)
            return;

        // accept4 has no flag to not wait. A connection is left as it is: it may be shared with whoever passed it.
        if (handle.Kind == PosixHandleKind.Listener)
            _ = fcntl(handle.Fd, F_SETFL, fcntl(handle.Fd, F_GETFL, 0) | O_NONBLOCK);
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _sockets.Count;
            _sockets.Add(null);
        }
        handle.Slot = slot;
        _sockets[slot] = new AioSocket();
        Watch(handle.Fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, (ulong)slot);
    }

    private protected override void Detach(PosixHandle handle)
    {
        if (handle.Slot < 0)
            return;
        _ = epoll_ctl(_epoll, EPOLL_CTL_DEL, handle.Fd, null);
        _sockets[handle.Slot] = null;
        _freeSlots.Push(handle.Slot);
        handle.Slot = -1;
    }

    private void Watch(int descriptor, int events, ulong name)
    {
        var interest = new epoll_event { events = events, data = new epoll_data_t { u64 = name } };
        if (epoll_ctl(_epoll, EPOLL_CTL_ADD, descriptor, &interest) < 0)
            throw KernelErrors.Exception(errno, $"{Name} cannot watch descriptor {descriptor}");
    }

    private void Enlist(AioSocket socket)
    {
        if (socket.IsListed || !socket.HasWork)
            return;
        socket.IsListed = true;
        _ready.Enqueue(socket);
    }

    /// <returns>Some were refused, and their waiters have run.</returns>
    private bool SubmitFileOperations()
    {
        bool refused = false;
        while (true)
        {
            while (_context!.HasRoom && _waitingForRoom.TryDequeue(out PosixOperation? waiting))
            {
                if (waiting.Handle.IsRefusing)
                    _cancelled.Enqueue(waiting);
                else
                    _context.Add(waiting);
            }
            int refusal = _context.Submit(out int index);
            if (index < 0)
                return refused;
            refused = true;
            Refuse(OperationAt(index), refusal);
        }
    }

    private void Refuse(PosixOperation operation, int error)
    {
        // Kernels before 4.18 have no IOCB_CMD_FDSYNC.
        if (operation.Opcode == PosixOpcode.Sync && error == -Errno.EINVAL && _canSync)
        {
            _canSync = false;
            RunOnHelper(operation);
            return;
        }
        operation.OnResult(error);
    }

    /// <summary>Asks epoll what is ready. The eventfd is edge-triggered, too: it only has to end the wait and is never read.</summary>
    /// <param name="timeout">Nanoseconds; ulong.MaxValue for ever.</param>
    private void Collect(ulong timeout)
    {
        // Rounded up: a timer must not be early.
        ulong milliseconds = (timeout / NanosecondsPerMillisecond) + (timeout % NanosecondsPerMillisecond == 0 ? 0u : 1u);
        int count = epoll_wait(_epoll, _events, EventBatch, timeout == ulong.MaxValue ? -1 : (int)Math.Min(milliseconds, int.MaxValue));
        if (count < 0 && errno != Errno.EINTR)
            throw KernelErrors.Exception(errno, $"{Name} cannot wait");
        for (int i = 0; i < count; i++)
        {
            if (_events[i].data.u64 == WakeName || _sockets[(int)_events[i].data.u64] is not { } socket)
                continue;
            socket.Observe(_events[i].events);
            Enlist(socket);
        }
    }
}
