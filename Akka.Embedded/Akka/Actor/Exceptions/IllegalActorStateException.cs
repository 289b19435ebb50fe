namespace Akka.Actor;

/// <summary>An operation that the actor's present state does not allow, such as stashing one message twice.</summary>
public class IllegalActorStateException(string message) : AkkaException(message);
