namespace Akka.Actor;

/// <summary>One thing to do in a phase.</summary>
internal sealed record ShutdownTask(string Name, Func<Task<Done>> Work);
