namespace Akka.Event;

/// <summary>Marks the mailbox of a logger.</summary>
public interface ILoggerMessageQueueSemantics : Dispatch.ISemantics;
