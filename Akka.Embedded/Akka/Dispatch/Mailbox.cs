using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// An actor's queue and its turn on the thread pool: at most one thread runs the actor at a time, system messages go first,
/// and after <see cref="Throughput"/> user messages others get the thread.
/// </summary>
internal sealed class Mailbox(ActorCell cell) : IThreadPoolWorkItem
{
    /// <summary>User messages per turn; Akka's default dispatcher uses the same number.</summary>
    public const int Throughput = 30;

    private readonly ConcurrentQueue<SystemMessage> _system = new();
    private readonly ConcurrentQueue<Envelope> _user = new();

    // Unstashed messages, ahead of the queue. Touched only in the actor's turn.
    private readonly Stack<Envelope> _unstashed = new();

    private volatile int _suspensions;
    private volatile bool _closed;
    private int _scheduled;

    public bool IsSuspended => _suspensions > 0;

    public void Post(in Envelope envelope)
    {
        _user.Enqueue(envelope);
        AfterEnqueue(mayRun: !IsSuspended);
    }

    public void PostSystem(SystemMessage message)
    {
        _system.Enqueue(message);
        AfterEnqueue(mayRun: true);
    }

    /// <summary>Puts a message before all others. Only in the actor's turn.</summary>
    public void Prepend(in Envelope envelope) => _unstashed.Push(envelope);

    /// <summary>Stops user messages; suspensions nest. Only in the actor's turn.</summary>
    public void Suspend() => _suspensions++;

    /// <summary>Takes back one suspension; without one it does nothing. Only in the actor's turn.</summary>
    public void Resume() => _suspensions = Math.Max(0, _suspensions - 1);

    /// <summary>Ends the mailbox: what it holds and what still comes are dead letters. Only in the actor's turn.</summary>
    public void Close()
    {
        _closed = true;
        Interlocked.MemoryBarrier();
        while (_unstashed.TryPop(out Envelope envelope))
        {
            cell.DeadLetter(envelope);
        }

        Drain();
    }

    /// <summary>One turn on a pool thread.</summary>
    public void Execute()
    {
        ActorCell? outer = ActorCell.Enter(cell);
        try
        {
            RunSystemMessages();
            for (int budget = Throughput; budget > 0 && !_closed && !IsSuspended && TryTake(out Envelope envelope); budget--)
            {
                cell.Invoke(envelope);
                RunSystemMessages();
            }
        }
        finally
        {
            ActorCell.Leave(outer);
            bool hasUnstashed = _unstashed.Count > 0;
            Interlocked.Exchange(ref _scheduled, 0);
            if (!_closed && (!_system.IsEmpty || (!IsSuspended && (hasUnstashed || !_user.IsEmpty))))
            {
                Schedule();
            }
        }
    }

    private bool TryTake(out Envelope envelope) => _unstashed.TryPop(out envelope) || _user.TryDequeue(out envelope);

    private void RunSystemMessages()
    {
        while (!_closed && _system.TryDequeue(out SystemMessage? message))
        {
            cell.InvokeSystem(message);
        }
    }

    private void AfterEnqueue(bool mayRun)
    {
        // Either this thread sees the mailbox closed, or Close() sees the message.
        Interlocked.MemoryBarrier();
        if (_closed)
        {
            Drain();
        }
        else if (mayRun)
        {
            Schedule();
        }
    }

    private void Schedule()
    {
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Drain()
    {
        while (_system.TryDequeue(out SystemMessage? message))
        {
            cell.DeadLetter(message);
        }

        while (_user.TryDequeue(out Envelope envelope))
        {
            cell.DeadLetter(envelope);
        }
    }
}
