using System.Diagnostics;
using System.Net;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Signals;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>
/// What the engines on a real kernel share: thread, ready queue, posted actions, timers, helper threads, files and sockets. A kind of
/// engine adds how operations are submitted, cancelled and waited for.
/// </summary>
internal abstract partial class PosixEngine : IoEngine
{
    private readonly IoEngineOptions _options;
    private readonly PostQueue _posts = new();
    private readonly TimerQueue _timers;
    private readonly HelperPool _helpers;
    private readonly ArenaBufferPool _buffers;
    private readonly HashSet<PosixHandle> _handles = [];
    private readonly Thread _thread;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Spinner _spinner;
    private PosixOperation?[] _operations = new PosixOperation?[256];
    private int _operationCount;
    private PosixOperation? _freeOperation;
    private int _inFlight;
    private int _offloaded;
    private int _posters;
    private int _disposed;

    private protected PosixEngine(IoEngineOptions options)
    {
        _options = options;
        _timers = new TimerQueue(this);
        _helpers = new HelperPool(options.Name + "-helper", options.HelperThreads);
        _buffers = new ArenaBufferPool(options.ArenaSize, options.OverflowCacheSize);
        _spinner = new Spinner(options.SpinMicroseconds * 1000L);
        _thread = new Thread(Run) { IsBackground = true, Name = options.Name };
        WakeDescriptor = eventfd(0, EFD_CLOEXEC);
        if (WakeDescriptor < 0)
            throw KernelErrors.Exception(errno, $"cannot make the eventfd of {options.Name}");
    }

    /// <inheritdoc />
    public override string Name => _options.Name;

    /// <inheritdoc />
    public override long Now => _now != 0 ? _now : _now = Clock;

    /// <summary>What <see cref="Now"/> would be if it were read now.</summary>
    internal static long Clock => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    /// <inheritdoc />
    public override BufferPool Buffers => _buffers;

    /// <summary>Nothing may start any more.</summary>
    internal bool IsStopping { get; private set; }

    internal Spinner Spinner => _spinner;

    /// <summary>Operations that the kernel or a helper thread holds.</summary>
    internal int InFlight => _inFlight;

    private protected IoEngineOptions Settings => _options;

    private protected ArenaBufferPool Arena => _buffers;

    /// <summary>An eventfd: written by whoever posts to a sleeping engine.</summary>
    private protected int WakeDescriptor { get; }

    /// <inheritdoc />
    public override void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        ObjectDisposedException.ThrowIf(!TryPost(new PostedAction(work, _options.UnhandledException)), this);
    }

    /// <inheritdoc />
    public override async IoTask<IoFile> OpenAsync(IoScope scope, string path, IoOpenOptions options)
    {
        ThrowIfRevoked(scope);
        OpenedFile opened = await Offload(scope, null, () => OpenedFile.Open(path, options), static late => late.Close());
        if (scope.IsRevoked || IsStopping)
        {
            opened.Close();
            ThrowIfRevoked(scope);
        }
        return new PosixFile(this, scope, path, options, opened);
    }

    /// <inheritdoc />
    public override IoListener Listen(IoScope scope, string path, int backlog, UnixFileMode mode) =>
        new PosixListener(this, scope, path, UnixSocket.Listen(path, backlog, mode));

    /// <inheritdoc />
    public override IoSocket Connect(IoScope scope, string path)
    {
        ThrowIfRevoked(scope);
        return Adopt(scope, UnixSocket.Connect(path));
    }

    /// <inheritdoc />
    public override IoSocket Connect(IoScope scope, IPEndPoint peer)
    {
        ThrowIfRevoked(scope);
        return Adopt(scope, StreamSocket.Connect(peer));
    }

    /// <inheritdoc />
    public override IoSocket Adopt(IoScope scope, int fd) => new PosixSocket(this, scope, fd);

    /// <inheritdoc />
    public override IoSignal Watch(IoScope scope, int fd) => new PosixSignal(this, scope, fd);

    /// <inheritdoc />
    public override IoTask<T> OffloadAsync<T>(IoScope scope, Func<T> call)
    {
        ThrowIfRevoked(scope);
        return Offload(scope, null, call, null);
    }

    /// <inheritdoc />
    public override IoTask<int> DelayAsync(IoScope scope, TimeSpan delay) =>
        scope.IsRevoked || IsStopping ? new IoTask<int>(-Errno.ECANCELED) : _timers.Start(scope, delay);

    /// <inheritdoc />
    public override IoTask<int> YieldAsync(IoScope scope) => DelayAsync(scope, TimeSpan.Zero);

    /// <summary>Starts the thread and waits until it has its kernel resources.</summary>
    internal void Start()
    {
        _thread.Start();
        try
        {
            _started.Task.GetAwaiter().GetResult();
        }
        catch
        {
            _disposed = 1;
            _thread.Join();
            FreeAll(false);
            throw;
        }
    }

    /// <summary>Hands an operation to the kernel; never completes it before it returns.</summary>
    internal abstract void Submit(PosixOperation operation);

    /// <summary>Any thread: has the engine resume <paramref name="item"/>; false when the engine has stopped.</summary>
    internal unsafe bool TryPost(IoContinuation item)
    {
        // The engine does not close the eventfd while somebody may be about to write to it.
        _ = Interlocked.Increment(ref _posters);
        bool posted = _posts.TryPush(item, out bool wake);
        if (wake)
        {
            ulong one = 1;
            _ = write(WakeDescriptor, &one, sizeof(ulong));
        }
        _ = Interlocked.Decrement(ref _posters);
        return posted;
    }

    internal IoTask<T> Offload<T>(IoScope scope, PosixHandle? handle, Func<T> call, Action<T>? abandon)
    {
        var offloaded = new OffloadCall<T>(this, scope, handle, call, abandon);
        scope.Enter();
        _offloaded++;
        _helpers.Run(offloaded);
        return new IoTask<T>(offloaded);
    }

    internal void OffloadEnded() => _offloaded--;

    internal PosixOperation RentOperation()
    {
        _inFlight++;
        PosixOperation? operation = _freeOperation;
        if (operation is not null)
        {
            _freeOperation = operation.NextFree;
            return operation;
        }
        if (_operationCount == _operations.Length)
            Array.Resize(ref _operations, _operationCount * 2);
        operation = new PosixOperation(this, _operationCount);
        _operations[_operationCount++] = operation;
        return operation;
    }

    internal void OperationEnded() => _inFlight--;

    internal void Return(PosixOperation operation)
    {
        operation.NextFree = _freeOperation;
        _freeOperation = operation;
    }

    /// <summary>A descriptor is the engine's from now on.</summary>
    internal void Remember(PosixHandle handle)
    {
        try
        {
            Attach(handle);
        }
        catch
        {
            Detach(handle);
            handle.Abandon();
            throw;
        }
        _handles.Add(handle);
    }

    /// <summary>A descriptor is about to be closed; nothing is in flight on it.</summary>
    internal void Forget(PosixHandle handle)
    {
        _handles.Remove(handle);
        Detach(handle);
    }

    internal override void CancelOperations(IoScope scope)
    {
        _timers.Cancel(scope);
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i] is { InFlight: true } operation && ReferenceEquals(operation.Handle.Scope, scope))
                Cancel(operation);
        }
    }

    internal void CancelOperations(PosixHandle handle)
    {
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i] is { InFlight: true } operation && ReferenceEquals(operation.Handle, handle))
                Cancel(operation);
        }
    }

    /// <summary>Acquires the kernel's resources, on the engine's thread.</summary>
    private protected abstract void Open();

    /// <summary>Gives them back, on the engine's thread, or by <see cref="Dispose(bool)"/> when opening failed.</summary>
    private protected abstract void Close();

    /// <summary>
    /// Submits what is pending, waits until something completes or <paramref name="timeout"/> nanoseconds are over (0: does not wait; −1:
    /// for ever), calls <see cref="StartPass"/>, and completes what the kernel is done with.
    /// </summary>
    private protected abstract void Poll(long timeout);

    /// <summary>Something has completed, asked as cheaply as possible while spinning.</summary>
    private protected abstract bool HasCompletions();

    /// <summary>Asks the kernel to end an operation early, if it can.</summary>
    private protected abstract void Cancel(PosixOperation operation);

    /// <summary>Prepares a new descriptor for operations.</summary>
    private protected virtual void Attach(PosixHandle handle)
    {
    }

    /// <summary>Undoes <see cref="Attach"/>.</summary>
    private protected virtual void Detach(PosixHandle handle)
    {
    }

    /// <summary>Has a helper thread carry out an operation that would block.</summary>
    private protected void RunOnHelper(PosixOperation operation) => _helpers.Run(operation);

    /// <summary>The operation that the kernel names.</summary>
    private protected PosixOperation OperationAt(int index) => _operations[index]!;

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (ReferenceEquals(Current, this))
            throw new InvalidOperationException($"The I/O engine {Name} is disposed of on its own thread.");
        TryPost(new PostedAction(() => IsStopping = true, null));
        _thread.Join();
    }

    private void ThrowIfRevoked(IoScope scope)
    {
        if (scope.IsRevoked || IsStopping)
            throw new BlockException(BlockErrorKind.Io, Errno.ECANCELED, $"{scope.Name} was revoked, or {Name} stops");
    }
}
