using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The scheduler of real time: one timer of the runtime, set to the first action of an ordered queue.</summary>
/// <remarks>The name is that of Akka.NET's default scheduler, because configurations name it.</remarks>
public sealed class HashedWheelTimerScheduler : SchedulerBase, IDisposable
{
    // The longest time that a System.Threading.Timer can be set to; a later action just takes more than one round.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ActionQueue _queue = new();
    private readonly Timer _timer;
    private readonly ILoggingAdapter _log;
    private readonly Lock _timerLock = new();
    private int _running;
    private bool _disposed;

    /// <param name="scheduler">The <c>akka</c> section; this scheduler has no settings.</param>
    /// <param name="log">Where failed actions are reported.</param>
    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log)
    {
        _log = log;
        using (ExecutionContext.SuppressFlow())
        {
            _timer = new Timer(_ => RunDue());
        }
    }

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(_start);

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    /// <summary>Drops what is scheduled; whoever schedules more gets a <see cref="SchedulerException"/>.</summary>
    public void Dispose()
    {
        _queue.Close();
        lock (_timerLock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private protected override void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        TimeSpan now = MonotonicClock;
        _queue.Add(delay > TimeSpan.MaxValue - now ? TimeSpan.MaxValue : now + delay, interval, action, cancelable);
        SetTimer();
    }

    private void RunDue()
    {
        // One thread runs the actions, so that they happen in order; a timer that fires meanwhile leaves them to it.
        if (Interlocked.Exchange(ref _running, 1) == 0)
        {
            while (_queue.TryTakeDue(MonotonicClock, out ScheduledAction? action))
            {
                Run(action);
            }

            Interlocked.Exchange(ref _running, 0);
        }

        SetTimer();
    }

    private void Run(ScheduledAction action)
    {
        if (action.IsCancelled)
        {
            return;
        }

        try
        {
            action.Run();
        }
        catch (Exception e)
        {
            _log.Error(e, "A scheduled action failed");
        }
    }

    private void SetTimer()
    {
        // Locked, so that a later look at the queue never loses to an earlier one.
        lock (_timerLock)
        {
            if (_disposed || _queue.NextDue is not { } due || Volatile.Read(ref _running) == 1)
            {
                return;
            }

            // Rounded up, so that the timer does not fire just before the action is due.
            double wait = Math.Ceiling(Math.Clamp((due - MonotonicClock).TotalMilliseconds, 0, LongestWait.TotalMilliseconds));
            _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
        }
    }
}
