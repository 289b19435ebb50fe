using System.Net;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Signals;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.BlockIo.Engines;

/// <summary>
/// One thread that does the I/O of many disks. Everything of a disk on the data path is touched by its engine's thread alone, so
/// nothing in here locks; other threads reach it with <see cref="Post"/> and <see cref="RunAsync{T}"/>.
/// </summary>
public abstract class IoEngine : IDisposable
{
    [ThreadStatic]
    private static IoEngine? s_current;

    private IoContinuation? _readyHead;
    private IoContinuation? _readyTail;

    /// <summary>The engine whose thread this is; null elsewhere.</summary>
    public static IoEngine? Current
    {
        get => s_current;
        protected set => s_current = value;
    }

    /// <summary>For logs: <c>engine-0</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How it talks to the kernel: <c>io_uring</c>, <c>libaio</c>, <c>simulated</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>What an operator should know about how it started, such as memory that could not be registered; null for nothing.</summary>
    public virtual string? Note => null;

    /// <summary>
    /// Nanoseconds of a monotonic clock, as of the engine's last look at the kernel: everything that one pass does happens at one time,
    /// because the clock may be a system call (in a dom0 whose processor's counter is not stable it is). Virtual time in a simulation.
    /// Engine's thread only.
    /// </summary>
    public abstract long Now { get; }

    /// <summary>Memory for I/O that belongs to this engine.</summary>
    public abstract BufferPool Buffers { get; }

    internal static IoEngine Required =>
        s_current ?? throw new InvalidOperationException("An IoTask method ran outside an engine's thread.");

    internal IoBoxPool Boxes { get; } = new();

    /// <summary>Something is ready to run: the engine must not block.</summary>
    private protected bool HasReady => _readyHead is not null;

    /// <summary>Has the engine run <paramref name="work"/> on its thread, in the order of the calls. Any thread may call.</summary>
    /// <exception cref="ObjectDisposedException">The engine has stopped.</exception>
    public abstract void Post(Action work);

    /// <summary>Runs a coroutine on the engine's thread and hands its outcome to another world's Task. For control, not for data.</summary>
    public Task<T> RunAsync<T>(Func<IoTask<T>> work)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => _ = RelayAsync(work, outcome));
        return outcome.Task;
    }

    /// <summary>
    /// Opens a file or block device; the blocking part runs off the engine's thread.
    /// </summary>
    /// <exception cref="BlockException">The reason, with open(2)'s errno and a sentence.</exception>
    public abstract IoTask<IoFile> OpenAsync(IoScope scope, string path, IoOpenOptions options);

    /// <summary>Binds and listens on a Unix stream socket; a file left at <paramref name="path"/> by a dead process is replaced.</summary>
    /// <exception cref="BlockException">The reason, with bind(2)'s errno and a sentence.</exception>
    public abstract IoListener Listen(IoScope scope, string path, int backlog, UnixFileMode mode);

    /// <summary>Connects to a Unix stream socket.</summary>
    /// <exception cref="BlockException">The reason, with connect(2)'s errno and a sentence; EAGAIN when its backlog is full.</exception>
    public abstract IoSocket Connect(IoScope scope, string path);

    /// <summary>
    /// Begins to connect by TCP. Whether the peer can be reached shows at the first receive or send, which waits for it; shutting the
    /// socket down ends that.
    /// </summary>
    /// <exception cref="BlockException">What is known at once, with connect(2)'s errno and a sentence.</exception>
    public abstract IoSocket Connect(IoScope scope, IPEndPoint peer);

    /// <summary>
    /// Takes over a connected stream socket, for example one that came by SCM_RIGHTS. The engine owns the descriptor from here.
    /// </summary>
    public abstract IoSocket Adopt(IoScope scope, int fd);

    /// <summary>Takes over a descriptor to wait on. The engine owns it from here; reading it is up to whoever waits.</summary>
    public abstract IoSignal Watch(IoScope scope, int fd);

    /// <summary>
    /// Runs a blocking call (open, ioctl, lseek on a network file system) on a helper thread. It allocates: not for each request.
    /// What <paramref name="call"/> throws is thrown to the waiter.
    /// </summary>
    public abstract IoTask<T> OffloadAsync<T>(IoScope scope, Func<T> call);

    /// <summary>Completes after <paramref name="delay"/> with 0, or at once with −ECANCELED when the scope is revoked.</summary>
    public abstract IoTask<int> DelayAsync(IoScope scope, TimeSpan delay);

    /// <summary>
    /// Lets everybody else have a turn, the kernel included, and comes back without having slept: for what polls. 0, or −ECANCELED when
    /// the scope is revoked.
    /// </summary>
    public abstract IoTask<int> YieldAsync(IoScope scope);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Has <paramref name="continuation"/> resumed by the engine's loop, in the order of the calls. Engine's thread only.
    /// </summary>
    internal void Schedule(IoContinuation continuation)
    {
        continuation.NextReady = null;
        if (_readyTail is null)
            _readyHead = continuation;
        else
            _readyTail.NextReady = continuation;
        _readyTail = continuation;
    }

    /// <summary>Asks the kernel to end what is in flight for a scope; what cannot be cancelled ends by itself.</summary>
    internal abstract void CancelOperations(IoScope scope);

    /// <summary>Resumes what is ready now; what becomes ready meanwhile waits for the next pass, so that I/O is not starved.</summary>
    private protected void RunReady()
    {
        IoContinuation? last = _readyTail;
        while (_readyHead is { } next)
        {
            _readyHead = next.NextReady;
            if (_readyHead is null)
                _readyTail = null;
            next.NextReady = null;
            next.Resume();
            if (ReferenceEquals(next, last))
                return;
        }
    }

    /// <summary>Stops the thread and frees its kernel resources; blocks until the thread is gone.</summary>
    protected abstract void Dispose(bool disposing);

    private static async IoTask<int> RelayAsync<T>(Func<IoTask<T>> work, TaskCompletionSource<T> outcome)
    {
        try
        {
            outcome.SetResult(await work());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            outcome.SetException(e);
        }
        return 0;
    }
}
