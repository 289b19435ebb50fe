namespace Tapvisor.Supervisor.Control;

/// <summary>Limits of the control socket.</summary>
/// <param name="Connections">Connections at once.</param>
/// <param name="Timeout">Time for a client to send its request, and again to take its answer.</param>
/// <param name="Group">Members may use the socket; empty for none.</param>
internal sealed record ControlOptions(int Connections, TimeSpan Timeout, string Group);
