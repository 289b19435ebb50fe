using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>
/// Does pieces of blocking I/O on a few threads at once, which keeps a disk busy where one after the other would not. The first that fails
/// makes the rest be skipped.
/// </summary>
/// <typeparam name="TState">What a thread has for itself.</typeparam>
internal sealed class WorkPump<TState> : IDisposable
    where TState : IDisposable
{
    /// <summary>Transfers in flight: enough to hide the latency of local disks and of most networks.</summary>
    private const int Threads = 4;

    private readonly BlockingCollection<Action<TState>> _queue = new(boundedCapacity: 2 * Threads);
    private readonly Thread[] _threads;
    private readonly object _idle = new();
    private int _pending;
    private ExceptionDispatchInfo? _failure;

    /// <param name="createState">For each thread.</param>
    public WorkPump(Func<TState> createState)
    {
        _threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() => Work(createState)) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Queues a piece; waits while there are many.</summary>
    public void Add(Action<TState> piece)
    {
        ThrowIfFailed();
        lock (_idle)
            _pending++;
        _queue.Add(piece);
    }

    /// <summary>Returns when all pieces are done, or throws what the first failed one threw.</summary>
    public void Drain()
    {
        lock (_idle)
        {
            while (_pending > 0)
                Monitor.Wait(_idle);
        }

        ThrowIfFailed();
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        Array.ForEach(_threads, thread => thread.Join());
        _queue.Dispose();
    }

    private void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();

    private void Work(Func<TState> createState)
    {
        using TState state = createState();
        foreach (Action<TState> piece in _queue.GetConsumingEnumerable())
        {
            try
            {
                if (Volatile.Read(ref _failure) is null)
                    piece(state);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }
            finally
            {
                lock (_idle)
                {
                    if (--_pending == 0)
                        Monitor.PulseAll(_idle);
                }
            }
        }
    }
}
