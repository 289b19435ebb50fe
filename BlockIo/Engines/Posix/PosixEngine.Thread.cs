using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

// The engine's thread, from its first pass to its last.
internal abstract partial class PosixEngine
{
    // How often the ready queue may refill itself before the kernel is looked at again.
    private const int ReadyPasses = 16;

    // What Dispose waits for I/O that the kernel does not end, such as a write to a dead server.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // The time of this pass; 0 before anybody asks.
    private long _now;

    private void Run()
    {
        Current = this;
        try
        {
            if (_options.Cpu is { } cpu)
                Pin(cpu);
            Open();
        }
        catch (Exception e)
        {
            _started.SetException(e);
            return;
        }
        _started.SetResult();
        while (!IsStopping)
            RunPass(long.MaxValue);
        Stop();
    }

    private void RunPass(long deadline)
    {
        TakePosts();
        if (_timers.NextDeadline != long.MaxValue)
            _timers.Expire(Now);
        for (int i = 0; i < ReadyPasses && HasReady; i++)
            RunReady();
        Wait(Math.Min(deadline, _timers.NextDeadline));
    }

    /// <summary>The kernel has been looked at: what happens from now on happens later than what happened before.</summary>
    private protected void StartPass() => _now = 0;

    private void Wait(long deadline)
    {
        if (HasReady || IsStopping || !_posts.IsEmpty)
        {
            Poll(0);
            return;
        }
        long started = 0;
        if (_spinner.IsOn)
        {
            started = Clock;
            if (_spinner.IsWorthwhile)
            {
                Poll(0);
                deadline = Math.Min(deadline, _timers.NextDeadline);
                long until = Math.Min(deadline, started + _spinner.Limit);
                while (!HasReady && _posts.IsEmpty && !HasCompletions() && Clock < until)
                    Thread.SpinWait(4);
            }
        }
        if (!HasReady && !IsStopping && _posts.TrySleep())
            Poll(deadline == long.MaxValue ? -1 : Math.Max(0, deadline - Now));
        else
            Poll(0);
        if (_spinner.IsOn)
            _spinner.Observe(Clock - started);
    }

    private void TakePosts()
    {
        IoContinuation? next = _posts.Take();
        while (next is not null)
        {
            IoContinuation item = next;
            next = item.NextReady;
            Schedule(item);
        }
    }

    /// <summary>Ends what is in flight, gives its waiters a chance to run, and frees everything.</summary>
    private void Stop()
    {
        _timers.Cancel(null);
        foreach (PosixHandle handle in _handles)
        {
            if (handle.Kind != PosixHandleKind.File)
                handle.Shutdown();
        }
        for (int i = 0; i < _operationCount; i++)
        {
            if (_operations[i] is { InFlight: true } operation)
                Cancel(operation);
        }
        long deadline = Clock + (s_patience.Ticks * 100);
        while ((_inFlight > 0 || _offloaded > 0 || HasReady || !_posts.IsEmpty) && Clock < deadline)
            RunPass(deadline);
        for (IoContinuation? last = _posts.Close(); last is not null;)
        {
            IoContinuation item = last;
            last = item.NextReady;
            Schedule(item);
        }
        while (HasReady)
            RunReady();
        foreach (PosixHandle handle in _handles)
            handle.Abandon();
        _handles.Clear();
        Close();
        FreeAll(_inFlight > 0);
        Current = null;
    }

    private void FreeAll(bool kernelHoldsMemory)
    {
        _helpers.Close(TimeSpan.FromSeconds(1));
        SpinWait.SpinUntil(() => Volatile.Read(ref _posters) == 0);
        _ = close(WakeDescriptor);

        // Memory that the kernel or a hung helper may still write to is left to the process.
        if (kernelHoldsMemory)
            return;
        _buffers.Free();
        for (int i = 0; i < _operationCount; i++)
            _operations[i]!.Free();
    }

    private unsafe void Pin(int cpu)
    {
        const int MaxCpus = 1024;
        if (cpu is < 0 or >= MaxCpus)
            throw new BlockException(BlockErrorKind.InvalidArgument, Errno.EINVAL, $"{Name} cannot run on processor {cpu}: there is none");
        cpu_set_t mask = default;
        ((byte*)&mask)[cpu / 8] = (byte)(1 << (cpu % 8));
        if (sched_setaffinity(0, sizeof(cpu_set_t), &mask) < 0)
            throw KernelErrors.Exception(errno, $"cannot run {Name} on processor {cpu}");
    }
}
