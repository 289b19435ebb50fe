using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// Virtual time, which passes only by <see cref="Advance"/>. Configured as
/// <c>akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"</c>.
/// </summary>
public class TestScheduler : SchedulerBase
{
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private readonly ActionQueue _queue = new();
    private long _elapsedTicks;

    /// <param name="schedulerConfig">Not used.</param>
    /// <param name="log">Not used: a failed action fails the test that advances the time.</param>
    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
    }

    public override TimeSpan MonotonicClock => TimeSpan.FromTicks(Interlocked.Read(ref _elapsedTicks));

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => _start + MonotonicClock;

    /// <summary>Lets time pass: what is due on the way is done in order, each at its own time.</summary>
    public void Advance(TimeSpan offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, TimeSpan.Zero);
        TimeSpan target = MonotonicClock + offset;
        while (_queue.TryTakeDue(target, out ScheduledAction? action))
        {
            Interlocked.Exchange(ref _elapsedTicks, Math.Max(action.Due.Ticks, MonotonicClock.Ticks));
            if (!action.IsCancelled)
            {
                action.Run();
            }
        }

        Interlocked.Exchange(ref _elapsedTicks, target.Ticks);
    }

    public void AdvanceTo(DateTimeOffset when) => Advance(when - TimeNow);

    private protected override void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable) =>
        _queue.Add(MonotonicClock + delay, interval, action, cancelable);
}
