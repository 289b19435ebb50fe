namespace Akka.Actor;

/// <summary>An actor's constructor or PostRestart failed while it was restarted.</summary>
public class PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
    : ActorInitializationException(actor, $"Exception post restart ({originalCause.GetType()})", cause)
{
    /// <summary>The failure that the restart answered.</summary>
    public Exception OriginalCause { get; } = originalCause;
}
