using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>One run of one job on one server.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Job">The job's name.</param>
/// <param name="Server">The server's name.</param>
/// <param name="Result">What the client saw.</param>
/// <param name="ServerCpuSeconds">Processor time of the server during the run.</param>
/// <param name="ServerRssBytes">Its resident memory after the run.</param>
/// <param name="Load">The machine's one-minute load average after the run.</param>
internal sealed record Measurement(
    int Round, string Job, string Server, FioResult Result, double ServerCpuSeconds, long ServerRssBytes, double Load)
{
    private const double MicrosecondsPerSecond = 1e6;

    /// <summary>Processor time of the server for one request.</summary>
    internal double CpuMicrosecondsPerIo => ServerCpuSeconds * MicrosecondsPerSecond / Result.Ios;

    internal static Measurement From(
        int round, FioJob job, string server, FioResult result, ServerUsage before, ServerUsage after, double load) =>
        new(round, job.Name, server, result, after.CpuSeconds - before.CpuSeconds, after.RssBytes, load);
}
