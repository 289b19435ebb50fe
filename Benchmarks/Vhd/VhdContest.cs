using System.Text;
using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Report;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>Runs jobs on servers and makes tables of what came out; failures are collected.</summary>
internal sealed class VhdContest(VhdOptions options, TextWriter progress)
{
    private readonly List<Failure> _failures = [];

    internal IReadOnlyList<Failure> Failures => _failures;

    /// <summary>Every server runs throughout; rounds in turn, after one to warm up.</summary>
    internal async Task<string> SteadyAsync(
        IReadOnlyList<Contestant> contestants, IReadOnlyList<FioJob> jobs, string baseline, CancellationToken cancellation)
    {
        await using var fleet = new Fleet();
        var plan = new BenchmarkPlan(jobs, options.Rounds, options.Seconds, options.Pinning);
        IReadOnlyList<Measurement> measurements = await new NbdBenchmark(plan, contestants, fleet, progress).RunAsync(cancellation);
        _failures.AddRange(fleet.Failures);
        return Tables(jobs, measurements, contestants.Select(contestant => contestant.Recipe.Name), baseline);
    }

    /// <summary>Every run has a server that was just started, on an image that was just made.</summary>
    internal async Task<string> FreshAsync(
        IReadOnlyList<ServerRecipe> recipes,
        Func<ServerRecipe, Task<Contestant>> make,
        FioJob job,
        string baseline,
        CancellationToken cancellation)
    {
        var measurements = new List<Measurement>();
        var meter = new Meter(options.Pinning, progress);
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (ServerRecipe recipe in round % 2 == 0 ? recipes : recipes.Reverse())
            {
                await using var fleet = new Fleet();
                await fleet.StartAsync(await make(recipe), options.Pinning, cancellation);
                foreach (RunningServer server in fleet.Running.ToArray())
                {
                    string title = $"round {round}/{options.Rounds}";
                    if (await meter.TryRunAsync(title, round, job, fleet, server, options.Seconds, cancellation) is { } run)
                        measurements.Add(run);
                }
                await fleet.StopAsync();
                _failures.AddRange(fleet.Failures);
            }
        }
        return Tables([job], measurements, recipes.Select(recipe => recipe.Name), baseline);
    }

    private static string Tables(
        IEnumerable<FioJob> jobs, IReadOnlyList<Measurement> measurements, IEnumerable<string> servers, string baseline)
    {
        var text = new StringBuilder();
        string[] names = [.. servers];
        foreach (FioJob job in jobs)
            text.Append($"{job.Title}:\n\n{MarkdownReport.Table(job, measurements, names, baseline)}\n");
        return text.ToString();
    }
}
