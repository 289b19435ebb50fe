using System.Globalization;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Report;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>One benchmark from the checks before it to the report after it. Whatever it makes or starts is gone when it ends.</summary>
internal sealed class NbdBenchmarkSession(NbdBenchmarkOptions options, TextWriter output, TextWriter progress)
{
    // Above it somebody else uses a noticeable part of a processor.
    private const double CalmLoad = 0.3;

    // A disk's own directory, unlike /tmp, which may be memory.
    private const string ImageDirectory = "/var/tmp";

    private readonly CpuPinning _pinning = new(options.Pin);
    private readonly List<string> _warnings = [];

    /// <returns>Whether every server finished every run.</returns>
    /// <exception cref="BenchmarkException">Nothing can be measured.</exception>
    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        DateTimeOffset started = DateTimeOffset.Now;
        double loadBefore = LoadAverage.Read();
        await CheckAsync(cancellation);
        NbdBenchmarkOptions present = options with { Servers = Present() };
        List<ProgramInfo> programs = await AskVersionsAsync(present.Servers, cancellation);
        using BenchmarkImage image = OpenImage(cancellation);
        Warn(image, loadBefore);
        await using var fleet = new Fleet();
        var plan = new BenchmarkPlan(options.Jobs, options.Rounds, options.Seconds, _pinning);
        Contestant[] contestants = [.. present.Servers.Select(recipe => new Contestant(recipe, image))];
        IReadOnlyList<Measurement> measurements = await new NbdBenchmark(plan, contestants, fleet, progress).RunAsync(cancellation);
        var report = new BenchmarkReport(
            started, Command, Conditions(image), MachineInfo.Read(image.Path), loadBefore, LoadAverage.Read(),
            programs, _warnings, fleet.Failures, options.Jobs, measurements);
        await output.WriteAsync(MarkdownReport.Format(report, ServerRecipes.Baseline));
        if (options.JsonPath is { } path)
            await File.WriteAllTextAsync(path, JsonReport.Format(report), CancellationToken.None);
        return fleet.Failures.Count == 0;
    }

    private async Task CheckAsync(CancellationToken cancellation)
    {
        await Fio.RequireAsync(cancellation);
        _pinning.Check();
    }

    // Tapvisor is what this is about; without it there is nothing to report. A peer may be missing.
    private List<ServerRecipe> Present()
    {
        var present = new List<ServerRecipe>();
        foreach (ServerRecipe recipe in options.Servers)
        {
            if (recipe.Find() is not null)
                present.Add(recipe);
            else if (Path.IsPathRooted(recipe.Program))
                throw new BenchmarkException($"{recipe.Name} is not at '{recipe.Program}'; build it first or name it with --tapvisord.");
            else
                Warn($"{recipe.Name} is left out: {recipe.Program} is not in PATH.");
        }
        return present.Count > 0 ? present : throw new BenchmarkException("None of the servers is on this machine.");
    }

    private static async Task<List<ProgramInfo>> AskVersionsAsync(IEnumerable<ServerRecipe> servers, CancellationToken cancellation)
    {
        var programs = new List<ProgramInfo>();
        foreach (ServerRecipe recipe in servers)
            programs.Add(await ProgramInfo.AskAsync(recipe.Name, recipe.Program, recipe.Settings, cancellation));
        programs.Add(await ProgramInfo.AskAsync(Fio.Program, Fio.Program, "", cancellation));
        return programs;
    }

    private BenchmarkImage OpenImage(CancellationToken cancellation)
    {
        string path = options.ImagePath ?? Path.Combine(ImageDirectory, $"tapvisor-bench-{Environment.ProcessId}.img");
        if (!File.Exists(path))
        {
            progress.WriteLine($"making {path} ({ByteSize.Format(options.ImageBytes)})");
            return BenchmarkImage.Make(path, options.ImageBytes, cancellation);
        }
        string writers = string.Join(", ", options.Jobs.Where(job => job.Writes).Select(job => job.Name));
        return writers.Length == 0 || options.Overwrite
            ? BenchmarkImage.Take(path)
            : throw new BenchmarkException($"'{path}' exists, and {writers} would destroy its content; say --overwrite if they may.");
    }

    private void Warn(BenchmarkImage image, double load)
    {
        if (image.HasHoles())
            Warn($"'{image.Path}' has holes, which servers read without the disk.");
        if (load > CalmLoad)
        {
            Warn(string.Create(
                CultureInfo.InvariantCulture, $"the load average was {load:0.00} before the start; on a calm machine it is below {CalmLoad}."));
        }
    }

    private void Warn(string warning)
    {
        _warnings.Add(warning);
        progress.WriteLine($"warning: {warning}");
    }

    private string Conditions(BenchmarkImage image) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Rounds} rounds of {options.Seconds} s after a warm-up, {ByteSize.Format(image.Bytes)} image, {_pinning.Placement}.");

    private static string Command =>
        string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("dotnet run --project Benchmarks -c Release --"));
}
