namespace Akka.Actor;

/// <summary>No reply to an Ask came in time.</summary>
public class AskTimeoutException(string message) : AkkaException(message);
