namespace Akka.Dispatch.SysMsg;

/// <summary>Run a piece of an asynchronous handler in the actor's turn.</summary>
internal sealed record RunScheduledTask(ActorTaskScheduler Scheduler, Task Task) : SystemMessage;
