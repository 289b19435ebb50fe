namespace Akka.Actor;

/// <summary>Marks a message that may stop or otherwise harm its receiver.</summary>
public interface IPossiblyHarmful;
