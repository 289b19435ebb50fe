namespace Akka.Actor;

/// <summary>Sends a task's outcome to an actor as a message.</summary>
/// <remarks>A failure arrives as <see cref="Status.Failure"/>, unless it is mapped. The task returned never fails by the outcome.</remarks>
public static class PipeToSupport
{
    public static Task PipeTo<T>(
        this Task<T> taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null) =>
        Pipe(
            async () =>
            {
                T result = await taskToPipe.ConfigureAwait(false);
                return NotNull(success is null ? result : success(result));
            },
            recipient,
            sender,
            failure);

    public static Task PipeTo<T>(
        this ValueTask<T> taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null) =>
        taskToPipe.AsTask().PipeTo(recipient, sender, success, failure);

    /// <summary>Without <paramref name="success"/>, success sends nothing.</summary>
    public static Task PipeTo(
        this Task taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null) =>
        Pipe(
            async () =>
            {
                await taskToPipe.ConfigureAwait(false);
                return success is null ? null : NotNull(success());
            },
            recipient,
            sender,
            failure);

    public static Task PipeTo(
        this ValueTask taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null) =>
        taskToPipe.AsTask().PipeTo(recipient, sender, success, failure);

    private static object NotNull(object? message) => message ?? throw new InvalidMessageException("Message is null.");

    private static async Task Pipe(
        Func<Task<object?>> outcome, ICanTell recipient, IActorRef? sender, Func<Exception, object>? failure)
    {
        sender ??= ActorRefs.NoSender;
        object? message;
        try
        {
            message = await outcome().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            message = failure is null ? new Status.Failure(e) : failure(e);
        }

        if (message is not null)
        {
            recipient.Tell(message, sender);
        }
    }
}
