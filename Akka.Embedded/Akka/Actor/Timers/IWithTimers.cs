namespace Akka.Actor;

/// <summary>An actor with timers of its own; the runtime sets <see cref="Timers"/> after the constructor.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}
