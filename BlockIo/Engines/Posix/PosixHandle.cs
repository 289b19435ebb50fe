using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>
/// An open descriptor and what is in flight on it: the number is given back to the system only when nothing is, so that no operation
/// can meet a stranger's file under a reused number.
/// </summary>
internal sealed class PosixHandle(PosixEngine engine, IoScope scope, int fd, PosixHandleKind kind)
{
    private readonly IoGate _idle = new();
    private int _outstanding;

    internal IoScope Scope { get; } = scope;

    internal int Fd { get; private set; } = fd;

    internal PosixHandleKind Kind { get; } = kind;

    /// <summary>O_DIRECT.</summary>
    internal bool IsDirect { get; init; }

    /// <summary>Of direct transfers, in bytes.</summary>
    internal int Alignment { get; init; } = 1;

    /// <summary>The engine's own note about this handle, for example where it stands in its tables.</summary>
    internal int Slot { get; set; } = -1;

    internal bool IsClosing { get; private set; }

    /// <summary>What is in flight must not be continued.</summary>
    internal bool IsRefusing => Scope.IsRevoked || engine.IsStopping;

    /// <summary>Why nothing may start on this handle: a negative errno, or 0.</summary>
    internal int Refusal => IsRefusing ? -Errno.ECANCELED : IsClosing ? -Errno.EBADF : 0;

    /// <summary>Starts an operation; its <c>Done</c> is 0 and its message, if it needs one, is to be readied by the caller.</summary>
    internal PosixOperation Begin(PosixOpcode opcode, nint address, int length, long offset, int flags)
    {
        PosixOperation operation = engine.RentOperation();
        operation.Opcode = opcode;
        operation.Handle = this;
        operation.Address = address;
        operation.Length = length;
        operation.Offset = offset;
        operation.Flags = flags;
        operation.Done = 0;
        operation.InFlight = true;
        Scope.Enter();
        Enter();
        return operation;
    }

    /// <summary>Starts an operation that needs no message and hands it to the kernel.</summary>
    internal IoTask<int> Start(PosixOpcode opcode, nint address, int length, long offset, int flags)
    {
        int refusal = Refusal;
        if (refusal != 0)
            return new IoTask<int>(refusal);
        PosixOperation operation = Begin(opcode, address, length, offset, flags);
        engine.Submit(operation);
        return new IoTask<int>(operation);
    }

    /// <summary>Has a helper thread make a blocking call on the descriptor.</summary>
    internal IoTask<T> Offload<T>(Func<int, T> call)
    {
        int descriptor = Fd;
        Enter();
        return engine.Offload(Scope, this, () => call(descriptor), null);
    }

    internal void Enter() => _outstanding++;

    internal void Leave()
    {
        _outstanding--;
        if (_outstanding == 0 && IsClosing)
            _idle.Open();
    }

    /// <summary>Refuses what is new, waits for what is in flight, closes.</summary>
    internal async IoTask<int> CloseAsync()
    {
        if (IsClosing)
            return 0;
        IsClosing = true;
        if (Kind != PosixHandleKind.File)
        {
            Shutdown();
            engine.CancelOperations(this);
        }
        while (_outstanding > 0)
            await _idle.WaitAsync();
        if (Fd < 0)
            return 0;
        engine.Forget(this);
        int descriptor = Fd;
        Fd = -1;

        // Closing a file may write back to a server; closing a socket does not wait.
        return Kind == PosixHandleKind.File && !engine.IsStopping
            ? await engine.Offload(Scope, null, () => CloseFile(descriptor), null)
            : CloseDescriptor(descriptor);
    }

    /// <summary>At the end of the engine: closes whatever may still be in flight.</summary>
    internal void Abandon()
    {
        IsClosing = true;
        if (Fd < 0)
            return;
        int descriptor = Fd;
        Fd = -1;
        _ = close(descriptor);
    }

    internal void Shutdown()
    {
        if (Fd >= 0)
            _ = shutdown(Fd, SHUT_RDWR);
    }

    /// <summary>
    /// Gives up the lock first. Closing alone would not while a process that has just been forked still shares the description, and whoever
    /// opens the image next would be refused.
    /// </summary>
    private static int CloseFile(int descriptor)
    {
        int unlocked = PosixFile.Lock(descriptor, IoLock.None);
        int closed = CloseDescriptor(descriptor);
        return unlocked < 0 ? unlocked : closed;
    }

    private static int CloseDescriptor(int descriptor) => close(descriptor) == 0 ? 0 : -errno;
}
