using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Engines.Posix;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Uring;

/// <summary>
/// The engine on io_uring: what became ready in a pass is submitted, and the next completion awaited, by one system call.
/// </summary>
internal sealed unsafe class UringEngine(IoEngineOptions options) : PosixEngine(options)
{
    // Names that no operation has: the index in their lower half is out of range.
    private const ulong WakeName = ulong.MaxValue;
    private const ulong CancellationName = ulong.MaxValue - 1;

    // What the submission queue had no room for: operations, and with null the names of operations to cancel.
    private readonly Queue<(PosixOperation? Operation, ulong Name)> _backlog = new();
    private Ring? _ring;
    private ulong* _wakeCount;
    private bool _isWakeArmed;
    private bool _isArenaRegistered;
    private string? _note;

    public override string Kind => "io_uring";

    public override string? Note => _note;

    internal override void Submit(PosixOperation operation)
    {
        io_uring_sqe* sqe = NextEntry();
        if (sqe is null)
            _backlog.Enqueue((operation, 0));
        else
            Fill(sqe, operation);
    }

    private protected override void Open()
    {
        _wakeCount = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
        _ring = new Ring((uint)Settings.QueueEntries);
        int result = _ring.RegisterBuffer(Arena.ArenaAddress, Arena.ArenaLength);
        _isArenaRegistered = result == 0;
        if (!_isArenaRegistered)
        {
            _note = $"{Arena.ArenaLength} bytes of I/O memory could not be registered with io_uring "
                + $"({Marshal.GetPInvokeErrorMessage(-result)}; see RLIMIT_MEMLOCK): each request costs some more CPU";
        }
    }

    private protected override void Close()
    {
        _ring?.Dispose();
        NativeMemory.Free(_wakeCount);
    }

    private protected override void Poll(long timeout)
    {
        FlushBacklog();
        if (!_isWakeArmed && _ring!.Next() is var wake && wake is not null)
        {
            wake->opcode = IORING_OP_READ;
            wake->fd = WakeDescriptor;
            wake->addr = (ulong)_wakeCount;
            wake->len = sizeof(ulong);
            wake->user_data = WakeName;
            _isWakeArmed = true;
        }

        // A pass of a busy engine or of one that polls: the kernel is left alone when there is nothing to give or take.
        if (timeout != 0 || _ring!.HasSubmissions || _ring.HasCompletions)
            _ring!.Enter(_isWakeArmed && _backlog.Count == 0 ? timeout : 0);
        StartPass();
        while (_ring.TryTake(out io_uring_cqe completion))
            Dispatch(completion);
    }

    private protected override bool HasCompletions() => _ring!.HasCompletions;

    private protected override void Cancel(PosixOperation operation)
    {
        io_uring_sqe* sqe = NextEntry();
        if (sqe is null)
            _backlog.Enqueue((null, operation.UserData));
        else
            FillCancellation(sqe, operation.UserData);
    }

    private static void FillCancellation(io_uring_sqe* sqe, ulong name)
    {
        sqe->opcode = IORING_OP_ASYNC_CANCEL;
        sqe->fd = -1;
        sqe->addr = name;
        sqe->user_data = CancellationName;
    }

    private void Dispatch(in io_uring_cqe completion)
    {
        if (completion.user_data == WakeName)
        {
            _isWakeArmed = false;
            return;
        }

        // Whether a cancellation came too late shows in the operation's own completion.
        if (completion.user_data != CancellationName)
            OperationAt((int)(uint)completion.user_data).OnResult(completion.res);
    }

    // Null when what precedes it in the backlog has to be submitted first.
    private io_uring_sqe* NextEntry()
    {
        if (_backlog.Count > 0)
            return null;
        io_uring_sqe* sqe = _ring!.Next();
        if (sqe is null)
        {
            _ring.Enter(0);
            sqe = _ring.Next();
        }
        return sqe;
    }

    private void FlushBacklog()
    {
        while (_backlog.TryPeek(out (PosixOperation? Operation, ulong Name) first))
        {
            io_uring_sqe* sqe = _ring!.Next();
            if (sqe is null)
            {
                _ring.Enter(0);
                sqe = _ring.Next();
            }
            if (sqe is null)
                return;
            _backlog.Dequeue();
            if (first.Operation is not null)
                Fill(sqe, first.Operation);
            else
                FillCancellation(sqe, first.Name);
        }
    }

    private void Fill(io_uring_sqe* sqe, PosixOperation operation)
    {
        sqe->fd = operation.Handle.Fd;
        sqe->user_data = operation.UserData;
        switch (operation.Opcode)
        {
            case PosixOpcode.Read:
            case PosixOpcode.Write:
                FillTransfer(sqe, operation);
                break;
            case PosixOpcode.Sync:
                sqe->opcode = IORING_OP_FSYNC;
                sqe->fsync_flags = IORING_FSYNC_DATASYNC;
                break;
            case PosixOpcode.Allocate:
                sqe->opcode = IORING_OP_FALLOCATE;
                sqe->off = (ulong)operation.Offset;
                sqe->addr = (ulong)operation.Address;
                sqe->len = (uint)operation.Flags;
                break;
            case PosixOpcode.Receive:
                sqe->opcode = IORING_OP_RECV;
                sqe->addr = (ulong)operation.Memory;
                sqe->len = operation.Remaining;
                sqe->msg_flags = (uint)operation.Flags;
                break;
            case PosixOpcode.Send:
            case PosixOpcode.ReceiveMessage:
                sqe->opcode = operation.Opcode == PosixOpcode.Send ? IORING_OP_SENDMSG : IORING_OP_RECVMSG;
                sqe->addr = (ulong)operation.Message;
                sqe->len = 1;
                sqe->msg_flags = (uint)operation.Flags;
                break;
            case PosixOpcode.Accept:
                sqe->opcode = IORING_OP_ACCEPT;
                sqe->accept_flags = (uint)operation.Flags;
                break;
            case PosixOpcode.Poll:
                sqe->opcode = IORING_OP_POLL_ADD;
                sqe->poll_events = (ushort)operation.Flags;
                break;
            default:
                throw new InvalidOperationException($"io_uring has no operation for {operation.Opcode}.");
        }
    }

    private void FillTransfer(io_uring_sqe* sqe, PosixOperation operation)
    {
        var memory = (nint)operation.Memory;
        bool isWrite = operation.Opcode == PosixOpcode.Write;
        if (_isArenaRegistered && Arena.IsInArena(memory, operation.Remaining))
            sqe->opcode = isWrite ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED;
        else
            sqe->opcode = isWrite ? IORING_OP_WRITE : IORING_OP_READ;
        sqe->addr = (ulong)memory;
        sqe->len = operation.Remaining;
        sqe->off = (ulong)(operation.Offset + operation.Done);
        sqe->rw_flags = operation.Flags;
    }
}
