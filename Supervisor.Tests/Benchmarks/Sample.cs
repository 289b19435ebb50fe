using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;

namespace Tapvisor.Tests.Benchmarks;

/// <summary>Runs with figures that are easy to reckon with.</summary>
internal static class Sample
{
    internal static readonly FioJob Job = FioJob.All.Single(job => job.Name == "randread-qd32");

    /// <summary>A run of one second with so many requests and so much server time for each.</summary>
    internal static Measurement Run(int round, string server, long iops, double cpuMicroseconds, long rssMebibytes = 10) => new(
        round,
        Job.Name,
        server,
        new FioResult(iops, iops, iops * 4096.0, 1e6 / iops, 2e6 / iops),
        iops * cpuMicroseconds / 1e6,
        rssMebibytes << 20,
        Load: 1);
}
