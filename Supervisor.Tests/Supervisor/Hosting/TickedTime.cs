namespace Tapvisor.Tests.Supervisor.Hosting;

/// <summary>Time whose one timer goes off when a test says so.</summary>
internal sealed class TickedTime : TimeProvider
{
    private readonly TaskCompletionSource<TickedTimer> _timer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The timer, once somebody has made it.</summary>
    internal Task<TickedTimer> Timer => _timer.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TickedTimer(() => callback(state), period);
        _timer.SetResult(timer);
        return timer;
    }
}
