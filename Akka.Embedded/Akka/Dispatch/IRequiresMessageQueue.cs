namespace Akka.Dispatch;

/// <summary>Marks an actor that asks for a kind of mailbox; here there is one kind, which suits all.</summary>
public interface IRequiresMessageQueue<T> where T : ISemantics;
