using System.Globalization;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>
/// Runs every job on every server in every round. Within a round a job goes over all servers before the next job begins, in an order that
/// is reversed from round to round: what a shared machine does to one of them it does to its neighbours, too, and a ratio within a round
/// means more than one of medians.
/// </summary>
internal sealed class NbdBenchmark(NbdOptions options, BenchmarkImage image, Fleet fleet, TextWriter progress)
{
    // Long enough for the just-in-time compiler to settle on the paths of a job, short enough not to be felt.
    private const int WarmUpSeconds = 2;

    private readonly CpuPinning _pinning = new(options.Pin);
    private readonly List<Measurement> _measurements = [];

    /// <summary>Starts the servers, warms them up, measures, and ends them. Failures are the fleet's.</summary>
    internal async Task<IReadOnlyList<Measurement>> RunAsync(CancellationToken cancellation)
    {
        foreach (ServerRecipe recipe in options.Servers)
            await fleet.StartAsync(recipe, image, _pinning, cancellation);
        for (int round = 0; round <= options.Rounds; round++)
            await RunRoundAsync(round, cancellation);
        await fleet.StopAsync();
        return _measurements;
    }

    private async Task RunRoundAsync(int round, CancellationToken cancellation)
    {
        foreach (FioJob job in options.Jobs)
        {
            RunningServer[] order = [.. round % 2 == 0 ? fleet.Running : fleet.Running.Reverse()];
            foreach (RunningServer server in order)
                await RunAsync(round, job, server, cancellation);
        }
    }

    private async Task RunAsync(int round, FioJob job, RunningServer server, CancellationToken cancellation)
    {
        try
        {
            bool warmUp = round == 0;
            Measurement run = await MeasureAsync(round, job, server, warmUp ? WarmUpSeconds : options.Seconds, cancellation);
            if (!warmUp)
                _measurements.Add(run);
            string title = warmUp ? "warm-up" : $"round {round}/{options.Rounds}";
            await progress.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{title}  {job.Name,-14}  {server.Recipe.Name,-19}  {run.Result.Iops,8:0} IOPS  {run.CpuMicrosecondsPerIo,7:0.00} µs/IO"));
        }
        catch (BenchmarkException e)
        {
            cancellation.ThrowIfCancellationRequested();
            await progress.WriteLineAsync($"{server.Recipe.Name} failed and is left out: {e.Message}");
            await fleet.DropAsync(server, e.Message);
        }
    }

    private async Task<Measurement> MeasureAsync(int round, FioJob job, RunningServer server, int seconds, CancellationToken cancellation)
    {
        ServerUsage before = server.Usage();
        FioResult result = await new Fio(_pinning).RunAsync(job, server.Uri, seconds, cancellation);
        ServerUsage after = server.Usage();
        var measurement = Measurement.From(round, job, server.Recipe.Name, result, before, after, LoadAverage.Read());
        image.Settle();
        return measurement;
    }
}
