namespace Tapvisor.Benchmarks.Nbd.Processes;

/// <summary>A program, by name or path, and its arguments.</summary>
internal sealed record ProgramCall(string Program, IReadOnlyList<string> Arguments);
