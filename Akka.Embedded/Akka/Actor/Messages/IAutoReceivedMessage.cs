namespace Akka.Actor;

/// <summary>Marks a message that the runtime itself handles.</summary>
public interface IAutoReceivedMessage;
