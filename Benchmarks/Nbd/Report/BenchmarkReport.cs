using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;

namespace Tapvisor.Benchmarks.Nbd.Report;

/// <summary>Everything that a reader needs to believe, or repeat, the numbers; the raw ones included.</summary>
/// <param name="Started">When.</param>
/// <param name="Command">The runner's command line.</param>
/// <param name="Conditions">Image, rounds, seconds, placement; one sentence.</param>
/// <param name="Machine">On what.</param>
/// <param name="LoadBefore">One-minute load average before anything ran.</param>
/// <param name="LoadAfter">The same at the end, which includes the benchmark itself.</param>
/// <param name="Programs">Versions and settings.</param>
/// <param name="Warnings">What makes the numbers doubtful.</param>
/// <param name="Failures">Servers that failed.</param>
/// <param name="Jobs">What was run.</param>
/// <param name="Measurements">Every run.</param>
internal sealed record BenchmarkReport(
    DateTimeOffset Started,
    string Command,
    string Conditions,
    MachineInfo Machine,
    double LoadBefore,
    double LoadAfter,
    IReadOnlyList<ProgramInfo> Programs,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<Failure> Failures,
    IReadOnlyList<FioJob> Jobs,
    IReadOnlyList<Measurement> Measurements);
