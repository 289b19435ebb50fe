using System.CommandLine;
using Tapvisor.Benchmarks.Nbd.Processes;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary><c>benchmarks vhd</c>: VHDs against raw images and other servers of VHDs.</summary>
internal static class VhdCommand
{
    private static readonly Option<string?> Comparisons = new("--comparisons")
    {
        Description = $"What to compare, with commas between: {string.Join(", ", VhdComparisons.All)}. Default: all.",
    };

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "Rounds, in alternating order.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<int> Seconds = new("--seconds") { Description = "Length of a run.", DefaultValueFactory = _ => 4 };

    private static readonly Option<int> Requests = new("--requests")
    {
        Description = "Writes to an empty disk; each may take 2 MiB of the directory's storage, up to 16 GiB.",
        DefaultValueFactory = _ => 5000,
    };

    private static readonly Option<string> Directory = new("--directory")
    {
        Description = "Where images are made, and removed again: on the storage that is to be measured, with 20 GiB free.",
        DefaultValueFactory = _ => "/var/tmp",
    };

    private static readonly Option<bool> Pin = new("--pin") { Description = "Gives the server processor 0 and the client processor 1." };

    private static readonly Option<string?> Upstream = new("--upstream")
    {
        Description = "Prefix under which upstream's blktap is installed, to compare with its tapdisk, too (needs root).",
    };

    internal static Command Create()
    {
        var command = new Command("vhd", "Compares VHDs with raw images and with other servers of VHDs; prints a report in Markdown.")
        {
            Comparisons, Rounds, Seconds, Requests, Directory, Pin, Upstream,
        };
        command.SetAction((parsed, cancellation) => BenchmarkRun.GuardAsync(
            () => new VhdSession(Read(parsed), Console.Out, Console.Error).RunAsync(cancellation), cancellation));
        return command;
    }

    private static VhdOptions Read(ParseResult parsed) => new(
        Choice.Of("comparison", parsed.GetValue(Comparisons), VhdComparisons.All, name => name),
        Choice.Positive(Rounds, parsed),
        Choice.Positive(Seconds, parsed),
        Choice.Positive(Requests, parsed),
        Path.GetFullPath(parsed.GetValue(Directory)!),
        new CpuPinning(parsed.GetValue(Pin)),
        Built.Program("Supervisor", "tapvisord"),
        Built.Program("VhdUtil", "vhd-util"),
        parsed.GetValue(Upstream) is { } upstream ? Path.GetFullPath(upstream) : null);
}
