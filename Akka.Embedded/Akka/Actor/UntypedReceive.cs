namespace Akka.Actor;

/// <summary>Handles any message.</summary>
public delegate void UntypedReceive(object message);
