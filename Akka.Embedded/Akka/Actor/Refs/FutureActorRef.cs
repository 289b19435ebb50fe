using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The temporary sender of an Ask: its first message completes the task.</summary>
internal sealed class FutureActorRef<T>(ActorSystemImpl system, ActorPath path, TaskCompletionSource<T> result) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    internal override ActorSystemImpl System => system;

    internal override void SendSystemMessage(SystemMessage message)
    {
        if (message is Watch watch)
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, ExistenceConfirmed: false));
        }
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        bool accepted = message switch
        {
            T reply => result.TrySetResult(reply),
            Status.Failure failure => result.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => result.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };

        if (!accepted && !result.Task.IsCanceled)
        {
            system.DeadLetters.Tell(message, this);
        }
    }
}
