namespace Akka.Actor;

/// <summary>A stash reached its capacity.</summary>
public class StashOverflowException(string message, Exception? cause = null) : AkkaException(message, cause);
