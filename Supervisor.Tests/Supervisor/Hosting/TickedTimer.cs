namespace Tapvisor.Tests.Supervisor.Hosting;

/// <summary>A timer that knows no time.</summary>
internal sealed class TickedTimer(Action tick, TimeSpan period) : ITimer
{
    internal TimeSpan Period => period;

    internal void Tick() => tick();

    public bool Change(TimeSpan dueTime, TimeSpan period) => true;

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
