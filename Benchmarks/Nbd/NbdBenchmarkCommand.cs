using System.CommandLine;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary><c>benchmarks nbd</c>: Tapvisor against other NBD servers.</summary>
internal static class NbdBenchmarkCommand
{
    private const long LeastImageBytes = 16 * ByteSize.MiB;

    private static readonly Option<string?> Image = new("--image")
    {
        Description = "Raw image or block device to serve; one that does not exist is made, and removed again. Default: made in /var/tmp.",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite")
    {
        Description = "Jobs may destroy the content of an --image that exists.",
    };

    private static readonly Option<string> Size = new("--size")
    {
        Description = "Size of an image that is made.",
        DefaultValueFactory = _ => "1GiB",
    };

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "Rounds; each runs every job on every server, in the reverse order of the one before.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<int> Seconds = new("--seconds") { Description = "Length of a run.", DefaultValueFactory = _ => 4 };

    private static readonly Option<string?> Servers = new("--servers")
    {
        Description = $"Servers, with commas between: {Names(ServerRecipes.All("", null).Select(recipe => recipe.Name))}. Default: all.",
    };

    private static readonly Option<string?> Jobs = new("--jobs")
    {
        Description = $"Jobs, with commas between: {Names(FioJob.All.Select(job => job.Name))}. Default: all.",
    };

    private static readonly Option<bool> Pin = new("--pin") { Description = "Gives the server processor 0 and the client processor 1." };

    private static readonly Option<string?> Json = new("--json") { Description = "File for the raw numbers." };

    private static readonly Option<string> Tapvisord = new("--tapvisord")
    {
        Description = "The service to measure. Default: the one built beside this program.",
        DefaultValueFactory = _ => Built.Program("Supervisor", "tapvisord"),
    };

    private static readonly Option<string?> Configuration = new("--config") { Description = "Configuration file for the service (HOCON)." };

    internal static Command Create()
    {
        var command = new Command("nbd", "Serves one image by Tapvisor and its peers, and compares them with fio; prints a report in Markdown.")
        {
            Image, Overwrite, Size, Rounds, Seconds, Servers, Jobs, Pin, Json, Tapvisord, Configuration,
        };
        command.SetAction((parsed, cancellation) => BenchmarkRun.GuardAsync(
            () => new NbdBenchmarkSession(Read(parsed), Console.Out, Console.Error).RunAsync(cancellation), cancellation));
        return command;
    }

    private static NbdBenchmarkOptions Read(ParseResult parsed)
    {
        long bytes = ByteSize.Parse(parsed.GetValue(Size)!);
        if (bytes < LeastImageBytes || bytes % ByteSize.MiB != 0)
        {
            throw new BenchmarkException(
                $"--size {parsed.GetValue(Size)} is not a whole number of MiB from {ByteSize.Format(LeastImageBytes)} up.");
        }
        IReadOnlyList<ServerRecipe> recipes = ServerRecipes.All(
            Path.GetFullPath(parsed.GetValue(Tapvisord)!), Absolute(parsed.GetValue(Configuration)));
        return new NbdBenchmarkOptions(
            Choice.Of("server", parsed.GetValue(Servers), recipes, recipe => recipe.Name),
            Choice.Of("job", parsed.GetValue(Jobs), FioJob.All, job => job.Name),
            Choice.Positive(Rounds, parsed),
            Choice.Positive(Seconds, parsed),
            Absolute(parsed.GetValue(Image)),
            bytes,
            parsed.GetValue(Overwrite),
            parsed.GetValue(Pin),
            Absolute(parsed.GetValue(Json)));
    }

    private static string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
