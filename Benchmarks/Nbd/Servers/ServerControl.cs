using Tapvisor.Benchmarks.Nbd.Machine;

namespace Tapvisor.Benchmarks.Nbd.Servers;

/// <summary>A server that is told what to serve when it runs.</summary>
/// <param name="Socket">From its process id to the socket where it can be told.</param>
/// <param name="OpenAsync">Tells it.</param>
/// <param name="CloseAsync">Takes that back, upon which it ends.</param>
internal sealed record ServerControl(
    Func<int, string> Socket, Func<int, BenchmarkImage, CancellationToken, Task> OpenAsync, Func<int, Task> CloseAsync);
