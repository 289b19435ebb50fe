namespace Akka.Actor;

/// <summary>Handles a message and tells whether it did.</summary>
public delegate bool Receive(object message);
