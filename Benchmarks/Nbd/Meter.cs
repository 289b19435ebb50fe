using System.Globalization;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>Puts a job on a server, notes what it took, and writes the image back, so that no run pays for the one before it.</summary>
/// <param name="pinning">Where the client runs.</param>
/// <param name="progress">Told the figures of each run.</param>
internal sealed class Meter(CpuPinning pinning, TextWriter progress)
{
    /// <summary>A run that may fail: then its server is left out from now on.</summary>
    /// <returns>Null if it failed.</returns>
    internal async Task<Measurement?> TryRunAsync(
        string title, int round, FioJob job, Fleet fleet, RunningServer server, int seconds, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(title, round, job, server, seconds, cancellation);
        }
        catch (BenchmarkException e)
        {
            cancellation.ThrowIfCancellationRequested();
            await progress.WriteLineAsync($"{server.Recipe.Name} failed and is left out: {e.Message}");
            await fleet.DropAsync(server, e.Message);
            return null;
        }
    }

    private async Task<Measurement> RunAsync(
        string title, int round, FioJob job, RunningServer server, int seconds, CancellationToken cancellation)
    {
        ServerUsage before = server.Usage();
        FioResult result = await new Fio(pinning).RunAsync(job, server.Uri, seconds, cancellation);
        ServerUsage after = server.Usage();
        var run = Measurement.From(round, job, server.Recipe.Name, result, before, after, LoadAverage.Read());
        server.Image.Settle();
        await progress.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{title}  {job.Name,-14}  {server.Recipe.Name,-19}  {run.Result.Iops,8:0} IOPS  {run.CpuMicrosecondsPerIo,7:0.00} µs/IO"));
        return run;
    }
}
