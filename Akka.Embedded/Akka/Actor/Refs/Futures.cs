namespace Akka.Actor;

/// <summary>Ask: a message whose reply is a task.</summary>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>Sends a message from a temporary actor and returns the first reply.</summary>
    /// <param name="self">Who is asked.</param>
    /// <param name="messageFactory">Makes the message from the reference to reply to.</param>
    /// <param name="timeout">Null for <c>akka.actor.ask-timeout</c>; zero or less for no limit.</param>
    /// <param name="cancellationToken">Cancels the task, not the work.</param>
    /// <returns>
    /// Faulted with the cause of a <see cref="Status.Failure"/>, with <see cref="AskTimeoutException"/>, or with
    /// <see cref="ArgumentException"/> if the reply has another type.
    /// </returns>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ActorSystemImpl system = SystemOf(self);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var future = new FutureActorRef<T>(system, system.NextTempPath(), result);
        Limit(result, timeout ?? system.Settings.AskTimeout, cancellationToken);
        self.Tell(messageFactory(future), future);
        return result.Task;
    }

    internal static ActorSystemImpl SystemOf(ICanTell target) => target switch
    {
        ActorSelection selection => selection.Anchor.AsInternal().System,
        IActorRef actorRef => actorRef.AsInternal().System,
        _ => throw new ArgumentException("Unable to resolve the target's actor system", nameof(target)),
    };

    private static void Limit<T>(TaskCompletionSource<T> result, TimeSpan timeout, CancellationToken cancellationToken)
    {
        CancellationTokenSource? clock = null;
        CancellationTokenRegistration expiry = default;
        if (timeout > TimeSpan.Zero)
        {
            clock = new CancellationTokenSource(timeout);
            expiry = clock.Token.UnsafeRegister(
                _ => result.TrySetException(new AskTimeoutException($"Timeout after {timeout.TotalSeconds:F2} seconds")), null);
        }

        CancellationTokenRegistration cancellation =
            cancellationToken.UnsafeRegister(_ => result.TrySetCanceled(cancellationToken), null);
        if (clock is null && !cancellationToken.CanBeCanceled)
        {
            return;
        }

        _ = result.Task.ContinueWith(
            _ =>
            {
                expiry.Dispose();
                cancellation.Dispose();
                clock?.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
