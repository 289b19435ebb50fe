namespace Akka.Dispatch.SysMsg;

/// <summary>An asynchronous handler ended; the mailbox opens again.</summary>
internal sealed record AsyncHandlerDone(ActorTaskScheduler Scheduler, Exception? Failure) : SystemMessage;
