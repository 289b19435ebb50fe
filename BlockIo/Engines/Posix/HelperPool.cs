namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>
/// An engine's threads for blocking calls. A call gets a thread of its own as long as there are fewer than the limit, so that one which
/// hangs (an open on a dead NFS server) does not hold up the others; idle threads end.
/// </summary>
internal sealed class HelperPool(string name, int limit)
{
    // Long enough to serve a burst of opens with few threads, short enough not to keep them for nothing.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(5);

    private readonly object _lock = new();
    private readonly Queue<IHelperWork> _queue = new();
    private int _threads;
    private int _idle;
    private bool _closed;

    internal int Threads
    {
        get
        {
            lock (_lock)
                return _threads;
        }
    }

    internal void Run(IHelperWork work)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _queue.Enqueue(work);
            if (_idle >= _queue.Count)
            {
                Monitor.Pulse(_lock);
                return;
            }
            if (_threads == limit)
                return;
            _threads++;
        }
        new Thread(Serve) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Ends the threads as soon as they have nothing to do and waits for them; a call that hangs keeps its thread.</summary>
    internal void Close(TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
            while (_threads > 0 && Environment.TickCount64 < deadline)
                Monitor.Wait(_lock, (int)Math.Max(1, deadline - Environment.TickCount64));
        }
    }

    private void Serve()
    {
        while (Next() is { } work)
            work.Execute();
    }

    private IHelperWork? Next()
    {
        lock (_lock)
        {
            while (_queue.Count == 0)
            {
                bool pulsed = false;
                if (!_closed)
                {
                    _idle++;
                    pulsed = Monitor.Wait(_lock, s_idle);
                    _idle--;
                }
                if (pulsed || _queue.Count > 0)
                    continue;
                _threads--;
                Monitor.PulseAll(_lock);
                return null;
            }
            return _queue.Dequeue();
        }
    }
}
