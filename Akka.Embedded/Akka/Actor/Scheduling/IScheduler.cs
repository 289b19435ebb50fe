namespace Akka.Actor;

/// <summary>An actor system's time: what it is, and what happens when.</summary>
public interface IScheduler : ITellScheduler, ITimeProvider
{
    IAdvancedScheduler Advanced { get; }
}
