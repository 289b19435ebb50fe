namespace Akka.Actor;

/// <summary>One phase as configured.</summary>
/// <param name="Recover">Whether the shutdown goes on when a task of this phase fails or the time is over.</param>
internal sealed record ShutdownPhase(string Name, IReadOnlyList<string> DependsOn, TimeSpan Timeout, bool Recover, bool Enabled);
