using System.CommandLine;

namespace Tapvisor.Benchmarks.Service;

/// <summary><c>benchmarks service</c>: what a service costs apart from I/O, of one build or of several, by turns.</summary>
internal static class ServiceCommand
{
    private static readonly Option<string[]> Services = new("--tapvisord")
    {
        Description = "The service's executable; several to compare builds. Default: the one built with this.",
        DefaultValueFactory = _ => [Built.Program("Supervisor", "tapvisord")],
    };

    private static readonly Option<int> Disks = new("--disks")
    {
        Description = "How many disks are created; each is a sparse file.",
        DefaultValueFactory = _ => 1000,
    };

    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds, in alternating order.", DefaultValueFactory = _ => 5 };

    internal static Command Create()
    {
        var command = new Command("service", "Measures start, disks, memory, threads and end of a service; prints a table in Markdown.")
        {
            Services, Disks, Rounds,
        };
        command.SetAction((parsed, cancellation) => BenchmarkRun.GuardAsync(
            () => new ServiceBenchmark(
                [.. parsed.GetValue(Services)!.Select(Path.GetFullPath)],
                Choice.Positive(Disks, parsed),
                Choice.Positive(Rounds, parsed),
                Console.Out).RunAsync(cancellation),
            cancellation));
        return command;
    }
}
