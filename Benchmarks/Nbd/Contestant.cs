using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>A server and what it serves.</summary>
internal sealed record Contestant(ServerRecipe Recipe, BenchmarkImage Image);
