using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>A temporary watcher outside any actor: completes its task when the watched actor is dead.</summary>
internal sealed class TerminationWatcherRef(ActorSystemImpl system, ActorPath path) : InternalActorRef
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ActorPath Path { get; } = path;

    public Task Terminated => _terminated.Task;

    internal override ActorSystemImpl System => system;

    internal override void SendSystemMessage(SystemMessage message)
    {
        if (message is DeathWatchNotification)
        {
            _terminated.TrySetResult();
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) => system.DeadLetters.Tell(message, sender);
}
