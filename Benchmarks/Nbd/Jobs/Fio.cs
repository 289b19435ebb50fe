using System.Globalization;
using Tapvisor.Benchmarks.Nbd.Processes;

namespace Tapvisor.Benchmarks.Nbd.Jobs;

/// <summary>Runs fio's NBD engine (libnbd).</summary>
internal sealed class Fio(CpuPinning pinning)
{
    internal const string Program = "fio";

    // What fio may take over its running time for start, connection and the last requests; past that the server hangs.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <exception cref="BenchmarkException">There is no fio, or it lacks the NBD engine.</exception>
    internal static async Task RequireAsync(CancellationToken cancellation)
    {
        bool hasNbd = ProgramPath.Find(Program) is not null
            && (await ChildProcess.RunAsync(new ProgramCall(Program, ["--enghelp=nbd"]), Grace, cancellation)).ExitCode == 0;
        if (!hasNbd)
            throw new BenchmarkException("fio with its NBD engine is needed, and is not in PATH (package fio).");
    }

    /// <summary>Puts a job on a server, for so many seconds unless it has a number of requests, which must be done by then.</summary>
    /// <exception cref="BenchmarkException">It fails, reports errors, or does not end.</exception>
    internal async Task<FioResult> RunAsync(FioJob job, string uri, int seconds, CancellationToken cancellation)
    {
        ProgramCall command = pinning.Client(new ProgramCall(Program, Arguments(job, uri, seconds)));
        ProcessResult result = await ChildProcess.RunAsync(command, TimeSpan.FromSeconds(seconds) + Grace, cancellation);
        return result.ExitCode == 0
            ? FioOutput.Parse(result.Output, job)
            : throw new BenchmarkException($"fio exited with {result.ExitCode} in {job.Name}: {result.LastLines()}");
    }

    // Latencies from submission to completion, not from the moment the socket took the request; no pattern repeats between runs.
    private static string[] Arguments(FioJob job, string uri, int seconds) =>
    [
        $"--name={job.Name}", "--thread", "--ioengine=nbd", $"--uri={uri}", $"--rw={job.Pattern}",
        string.Create(CultureInfo.InvariantCulture, $"--bs={job.BlockBytes}"),
        string.Create(CultureInfo.InvariantCulture, $"--iodepth={job.Depth}"),
        .. End(job, seconds), "--norandommap", "--randrepeat=0",
        "--lat_percentiles=1", "--clat_percentiles=0", "--output-format=json",
    ];

    private static string[] End(FioJob job, int seconds) => job.Requests is { } requests
        ? [string.Create(CultureInfo.InvariantCulture, $"--number_ios={requests}")]
        : ["--time_based", string.Create(CultureInfo.InvariantCulture, $"--runtime={seconds}")];
}
