namespace Akka.Actor;

/// <summary>An actor's PreRestart failed; it is logged, and the restart goes on.</summary>
public class PreRestartException(IActorRef actor, Exception restartException, Exception cause, object? optionalMessage)
    : ActorInitializationException(actor, $"Exception in PreRestart ({restartException.GetType()})", restartException)
{
    /// <summary>The failure that the restart answers.</summary>
    public Exception OriginalCause { get; } = cause;

    /// <summary>The message being processed when the actor failed, if any.</summary>
    public object? OptionalMessage { get; } = optionalMessage;
}
