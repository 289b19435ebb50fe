using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Processes;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>What is run, how often and how long.</summary>
/// <param name="Jobs">In the order of every round.</param>
/// <param name="Rounds">Measured rounds.</param>
/// <param name="Seconds">Length of one run.</param>
/// <param name="Pinning">Where server and client run.</param>
internal sealed record BenchmarkPlan(IReadOnlyList<FioJob> Jobs, int Rounds, int Seconds, CpuPinning Pinning);
