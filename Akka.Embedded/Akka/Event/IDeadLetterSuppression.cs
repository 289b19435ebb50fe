namespace Akka.Event;

/// <summary>Marks a message whose loss is normal: it becomes a <see cref="SuppressedDeadLetter"/>.</summary>
public interface IDeadLetterSuppression;
