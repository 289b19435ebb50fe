namespace Akka.TestKit;

/// <summary>Opens when counted down, and lets those through who wait for it.</summary>
public class TestLatch
{
    private static readonly TimeSpan FallbackTimeout = TimeSpan.FromSeconds(5);

    private readonly Func<TimeSpan, TimeSpan> _dilate;
    private readonly TimeSpan _defaultTimeout;
    private readonly int _count;
    private TaskCompletionSource _opened = null!;
    private int _left;

    public TestLatch() : this(1)
    {
    }

    public TestLatch(int count) : this(count, FallbackTimeout)
    {
    }

    public TestLatch(int count, TimeSpan defaultTimeout) : this(timeout => timeout, defaultTimeout, count)
    {
    }

    internal TestLatch(Func<TimeSpan, TimeSpan> dilate, TimeSpan defaultTimeout, int count)
    {
        _dilate = dilate;
        _defaultTimeout = defaultTimeout;
        _count = count;
        Reset();
    }

    public bool IsOpen => _opened.Task.IsCompleted;

    public void CountDown()
    {
        if (Interlocked.Decrement(ref _left) <= 0)
        {
            Open();
        }
    }

    public void Open() => _opened.TrySetResult();

    public void Reset()
    {
        _left = _count;
        _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Ready() => Ready(_defaultTimeout);

    /// <exception cref="TimeoutException">It did not open in time.</exception>
    public void Ready(TimeSpan timeout)
    {
        if (!_opened.Task.Wait(_dilate(timeout)))
        {
            throw new TimeoutException($"Timeout of {timeout}");
        }
    }
}
