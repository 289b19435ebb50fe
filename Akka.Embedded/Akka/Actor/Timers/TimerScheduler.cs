namespace Akka.Actor;

/// <summary>The timers of one incarnation of an actor.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, TimerTick> _timers = [];

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    private IScheduler Scheduler => cell.System.Scheduler;

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => StartSingleTimer(key, msg, timeout, cell.Self);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender)
    {
        TimerTick tick = Begin(key, msg, isSingle: true);
        tick.Schedule = Scheduler.ScheduleTellOnceCancelable(timeout, cell.Self, tick, sender);
    }

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        StartPeriodicTimer(key, msg, interval, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) =>
        StartPeriodicTimer(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        StartPeriodicTimer(key, msg, initialDelay, interval, cell.Self);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender)
    {
        TimerTick tick = Begin(key, msg, isSingle: false);
        tick.Schedule = Scheduler.ScheduleTellRepeatedlyCancelable(initialDelay, interval, cell.Self, tick, sender);
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out TimerTick? tick))
        {
            tick.Schedule?.Cancel();
        }
    }

    public void CancelAll()
    {
        foreach (TimerTick tick in _timers.Values)
        {
            tick.Schedule?.Cancel();
        }

        _timers.Clear();
    }

    /// <summary>Whether the tick is that of a live timer; a single timer ends with it.</summary>
    public bool Claim(TimerTick tick)
    {
        bool live = _timers.TryGetValue(tick.Key, out TimerTick? current) && ReferenceEquals(current, tick);
        if (live && tick.IsSingle)
        {
            _timers.Remove(tick.Key);
        }

        return live;
    }

    private TimerTick Begin(object key, object msg, bool isSingle)
    {
        Cancel(key);
        var tick = new TimerTick(this, key, msg, isSingle);
        _timers.Add(key, tick);
        return tick;
    }
}
