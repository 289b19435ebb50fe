namespace Akka.Dispatch;

/// <summary>Marks a property of mailboxes.</summary>
public interface ISemantics;
