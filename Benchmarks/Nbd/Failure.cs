namespace Tapvisor.Benchmarks.Nbd;

/// <summary>A server, or a run on it, that failed; what it had measured before stays.</summary>
internal sealed record Failure(string Server, string Reason);
