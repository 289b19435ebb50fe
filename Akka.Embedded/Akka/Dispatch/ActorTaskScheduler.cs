using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs the pieces of one asynchronous handler as system messages of its actor: in the actor's turns, with its context.
/// </summary>
public sealed class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;

    private ActorTaskScheduler(ActorCell cell)
    {
        _cell = cell;
        Message = cell.CurrentMessage;
        Sender = cell.Sender;
    }

    public override int MaximumConcurrencyLevel => 1;

    internal object? Message { get; }

    internal IActorRef Sender { get; }

    /// <summary>The actor's incarnation that began the handler.</summary>
    internal ActorBase? Instance { get; set; }

    public static void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>Starts an asynchronous handler and suspends the mailbox until it ends.</summary>
    /// <exception cref="InvalidOperationException">Called outside of an actor.</exception>
    public static void RunTask(Func<Task> asyncAction)
    {
        ActorCell cell = ActorCell.Current
            ?? throw new InvalidOperationException("RunTask must be called from an actor context.");
        var scheduler = new ActorTaskScheduler(cell);
        cell.BeginAsync(scheduler);
        Task<Task> started = Task.Factory.StartNew(asyncAction, CancellationToken.None, TaskCreationOptions.None, scheduler);
        _ = started.Unwrap().ContinueWith(
            done => cell.Mailbox.PostSystem(new AsyncHandlerDone(scheduler, FailureOf(done))),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            Default);
    }

    internal void Execute(Task task) => _cell.RunAs(Message, Sender, () => TryExecuteTask(task));

    protected override void QueueTask(Task task) => _cell.Mailbox.PostSystem(new RunScheduledTask(this, task));

    // A continuation may run inline only in a turn of this very handler.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, _cell) && ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private static Exception? FailureOf(Task task)
    {
        if (task.IsCanceled)
        {
            return new TaskCanceledException(task);
        }

        return task.Exception is { InnerExceptions: [var only] } ? only : task.Exception;
    }
}
