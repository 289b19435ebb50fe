using System.Collections.Concurrent;
using System.Net;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Signals;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine.Faults;
using Tapvisor.Simulation.Engine.Sockets;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Simulation.Engine;

/// <summary>
/// An engine without a thread and without real time: the test drives it by <see cref="Run()"/>, <see cref="RunUntil"/> and
/// <see cref="Advance"/>, and every operation takes a latency, and so a place in the order of completions, that follows from the seed.
/// </summary>
internal sealed class SimulatedEngine : IoEngine
{
    // Taking a request back, or noticing that it was taken back, is quick.
    private const int CancelLatency = 20_000;

    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly List<SimulatedWait> _pending = [];
    private readonly Stack<SimulatedWait> _free = new();
    private readonly List<SimulatedFile> _files = [];
    private readonly SimulatedBufferPool _buffers = new();

    /// <summary>An engine on a machine of its own.</summary>
    internal SimulatedEngine(int seed)
        : this(new SimulatedMachine(seed), "engine-0")
    {
    }

    /// <summary>An engine on a machine that it may share with others, and that outlives it.</summary>
    internal SimulatedEngine(SimulatedMachine machine, string name)
    {
        Machine = machine;
        Name = name;
        machine.Add(this);
    }

    /// <summary>What it runs on.</summary>
    internal SimulatedMachine Machine { get; }

    /// <summary>The machine's files.</summary>
    internal SimulatedFileSystem Files => Machine.Files;

    /// <inheritdoc />
    public override string Name { get; }

    /// <inheritdoc />
    public override string Kind => "simulated";

    /// <inheritdoc />
    public override long Now => Machine.Now;

    /// <inheritdoc />
    public override BufferPool Buffers => _buffers;

    /// <summary>Killed, disposed, or on a machine that crashed.</summary>
    internal bool IsStopped { get; private set; }

    internal bool HasWork => HasReady || !_posted.IsEmpty;

    /// <summary>As <see cref="SimulatedMachine.Run"/>.</summary>
    internal void Run() => Machine.Run();

    /// <summary>Runs <paramref name="work"/> on the engine, and the machine until it has its result.</summary>
    /// <exception cref="InvalidOperationException">The machine came to rest first.</exception>
    internal T Run<T>(Func<IoTask<T>> work)
    {
        Task<T> outcome = RunAsync(work);
        Machine.RunUntil(() => outcome.IsCompleted);
        return outcome.GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="SimulatedMachine.RunUntil"/>.</summary>
    internal void RunUntil(Func<bool> condition) => Machine.RunUntil(condition);

    /// <summary>As <see cref="SimulatedMachine.Advance"/>.</summary>
    internal void Advance(TimeSpan time) => Machine.Advance(time);

    /// <summary>
    /// kill -9: nothing of this engine runs any more and its sockets end, but what it had given to the kernel may still happen, later,
    /// and until then its files stay open and locked.
    /// </summary>
    internal void Kill()
    {
        if (IsStopped)
            return;
        Stop();
        foreach (SimulatedFile file in _files)
            file.Abandon();
        Machine.Sockets.Abandon(this);
    }

    /// <summary>Throws unless every buffer that was rented has come back.</summary>
    internal void AssertNothingLeaked() => _buffers.AssertNothingLeaked();

    /// <summary>Connects to a listener on the same machine, as a client would.</summary>
    /// <exception cref="BlockException">ENOENT, ECONNREFUSED, or EAGAIN when its backlog is full.</exception>
    public override SimulatedSocket Connect(IoScope scope, string path) => Machine.Sockets.Connect(this, scope, path);

    /// <summary>Connects to a listener on the same machine whose path is the peer's address in text.</summary>
    /// <exception cref="BlockException">As the other.</exception>
    public override SimulatedSocket Connect(IoScope scope, IPEndPoint peer) => Connect(scope, peer.ToString());

    /// <inheritdoc />
    public override void Post(Action work)
    {
        ObjectDisposedException.ThrowIf(IsStopped, this);
        _posted.Enqueue(work);
    }

    /// <inheritdoc />
    public override async IoTask<IoFile> OpenAsync(IoScope scope, string path, IoOpenOptions options)
    {
        Verdict verdict = Machine.Faults.Judge(SimulatedOperation.Open, path);
        scope.Enter();
        int result = await PerformAsync(null, verdict);
        scope.Leave();
        if (scope.IsRevoked)
            result = -Errno.ECANCELED;
        if (result < 0)
            throw new BlockException(BlockErrorKind.Io, -result, $"The file '{path}' cannot be opened: errno {-result}.");
        SimulatedFile file = Files.Open(this, scope, path, options);
        _files.Add(file);
        return file;
    }

    /// <inheritdoc />
    public override IoListener Listen(IoScope scope, string path, int backlog, UnixFileMode mode) =>
        Machine.Sockets.Listen(this, scope, path, backlog);

    /// <inheritdoc />
    /// <exception cref="BlockException">EOPNOTSUPP: the simulated machine has no descriptors.</exception>
    public override IoSocket Adopt(IoScope scope, int fd) => throw new BlockException(
        BlockErrorKind.Unsupported, Errno.EOPNOTSUPP, $"The descriptor {fd} cannot be adopted: a simulated machine has none.");

    /// <inheritdoc />
    public override IoSignal Watch(IoScope scope, int fd) => new SimulatedSignal(this, scope, fd);

    /// <inheritdoc />
    public override async IoTask<T> OffloadAsync<T>(IoScope scope, Func<T> call)
    {
        scope.Enter();
        try
        {
            await PerformAsync(null, default);

            // As on a helper thread, the call must not touch the engine.
            Current = null;
            return call();
        }
        finally
        {
            Current = this;
            scope.Leave();
        }
    }

    /// <inheritdoc />
    public override async IoTask<int> DelayAsync(IoScope scope, TimeSpan delay)
    {
        if (scope.IsRevoked)
            return -Errno.ECANCELED;
        scope.Enter();
        SimulatedWait wait = Rent(scope);
        wait.IsTimer = true;
        wait.IsAlwaysCancelled = true;
        Machine.Schedule(wait, delay.Ticks * 100);
        int result = await new IoTask<int>(wait);
        scope.Leave();
        return result;
    }

    /// <inheritdoc />
    /// <remarks>It takes a moment: else whoever waits for a time by yielding would stop the clock.</remarks>
    public override IoTask<int> YieldAsync(IoScope scope) => DelayAsync(scope, TimeSpan.FromMicroseconds(1));

    internal override void CancelOperations(IoScope scope)
    {
        foreach (SimulatedWait wait in _pending)
        {
            if (wait.Scope != scope || (!wait.IsAlwaysCancelled && wait.IsQueued && Machine.Chance(2)))
                continue;
            Machine.Withdraw(wait);
            wait.IsTimer = false;
            Wake(wait, -Errno.ECANCELED);
        }
    }

    /// <summary>
    /// What an operation takes before it has its effect: 0 to go on, a negative errno to fail, never if it hangs.
    /// </summary>
    /// <param name="scope">Revoking it may end the wait with −ECANCELED; null to rule that out.</param>
    /// <param name="verdict">What goes wrong with it.</param>
    internal IoTask<int> PerformAsync(IoScope? scope, Verdict verdict)
    {
        SimulatedWait wait = Rent(scope);
        wait.Result = -verdict.Errno;
        wait.IsHung = verdict.Hangs;
        if (!verdict.Hangs)
            Machine.Schedule(wait, Machine.NextLatency() + verdict.Delay);
        return new IoTask<int>(wait);
    }

    /// <summary>A wait that somebody ends by <see cref="Wake"/>, or the scope's revocation by −ECANCELED.</summary>
    internal SimulatedWait Park(IoScope? scope)
    {
        SimulatedWait wait = Rent(scope);
        wait.IsAlwaysCancelled = true;
        return wait;
    }

    /// <summary>Ends a wait soon. Any engine of the machine may call.</summary>
    internal void Wake(SimulatedWait wait, int result)
    {
        wait.Result = result;
        Machine.Schedule(wait, Machine.Random.Next(CancelLatency));
    }

    internal void ReleaseHung()
    {
        foreach (SimulatedWait wait in _pending)
        {
            if (!wait.IsHung)
                continue;
            wait.IsHung = false;
            Machine.Schedule(wait, Machine.NextLatency());
        }
    }

    internal void Recycle(SimulatedWait wait) => _free.Push(wait);

    internal void Forget(SimulatedFile file) => _files.Remove(file);

    /// <summary>The machine's clock has reached a wait: its coroutine goes on.</summary>
    internal void Finish(SimulatedWait wait)
    {
        if (IsStopped)
            return;
        int last = _pending.Count - 1;
        _pending[wait.Slot] = _pending[last];
        _pending[wait.Slot].Slot = wait.Slot;
        _pending.RemoveAt(last);
        wait.Slot = -1;
        IoEngine? outer = Current;
        Current = this;
        try
        {
            wait.Complete(wait.Result);
        }
        finally
        {
            Current = outer;
        }
    }

    /// <summary>One turn of the loop: what was posted, then what is ready.</summary>
    internal void RunPass()
    {
        IoEngine? outer = Current;
        Current = this;
        try
        {
            for (int posted = _posted.Count; posted > 0 && _posted.TryDequeue(out Action? work); posted--)
                work();
            RunReady();
        }
        finally
        {
            Current = outer;
        }
    }

    internal void Stop()
    {
        IsStopped = true;
        Machine.Remove(this);
        foreach (SimulatedWait wait in _pending)
            Machine.Withdraw(wait);
        _pending.Clear();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Kill();
        _buffers.Dispose();
    }

    private SimulatedWait Rent(IoScope? scope)
    {
        SimulatedWait wait = _free.TryPop(out SimulatedWait? free) ? free : new SimulatedWait(this);
        wait.Scope = scope;
        wait.IsTimer = false;
        wait.IsAlwaysCancelled = false;
        wait.IsHung = false;
        wait.Result = 0;
        wait.Slot = _pending.Count;
        _pending.Add(wait);
        return wait;
    }
}
