using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>
/// Runs every job on every server in every round. Within a round a job goes over all servers before the next job begins, in an order that
/// is reversed from round to round: what a shared machine does to one of them it does to its neighbours, too, and a ratio within a round
/// means more than one of medians.
/// </summary>
internal sealed class NbdBenchmark(BenchmarkPlan plan, IReadOnlyList<Contestant> contestants, Fleet fleet, TextWriter progress)
{
    // Long enough for the just-in-time compiler to settle on the paths of a job, short enough not to be felt.
    private const int WarmUpSeconds = 2;

    private readonly Meter _meter = new(plan.Pinning, progress);
    private readonly List<Measurement> _measurements = [];

    /// <summary>Starts the servers, warms them up, measures, and ends them. Failures are the fleet's.</summary>
    internal async Task<IReadOnlyList<Measurement>> RunAsync(CancellationToken cancellation)
    {
        foreach (Contestant contestant in contestants)
            await fleet.StartAsync(contestant, plan.Pinning, cancellation);
        for (int round = 0; round <= plan.Rounds; round++)
            await RunRoundAsync(round, cancellation);
        await fleet.StopAsync();
        return _measurements;
    }

    private async Task RunRoundAsync(int round, CancellationToken cancellation)
    {
        foreach (FioJob job in plan.Jobs)
        {
            RunningServer[] order = [.. round % 2 == 0 ? fleet.Running : fleet.Running.Reverse()];
            foreach (RunningServer server in order)
                await RunAsync(round, job, server, cancellation);
        }
    }

    private async Task RunAsync(int round, FioJob job, RunningServer server, CancellationToken cancellation)
    {
        bool warmUp = round == 0;
        string title = warmUp ? "warm-up" : $"round {round}/{plan.Rounds}";
        int seconds = warmUp ? WarmUpSeconds : plan.Seconds;
        Measurement? run = await _meter.TryRunAsync(title, round, job, fleet, server, seconds, cancellation);
        if (run is not null && !warmUp)
            _measurements.Add(run);
    }
}
