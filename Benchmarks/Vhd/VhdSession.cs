using System.Globalization;
using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Report;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>All comparisons from the checks before them to the report. Whatever is made or started is gone at the end.</summary>
internal sealed class VhdSession(VhdOptions options, TextWriter output, TextWriter progress)
{
    private const string Qemu = "qemu-nbd";

    /// <returns>Whether every server finished every run.</returns>
    /// <exception cref="BenchmarkException">Nothing can be measured.</exception>
    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        await CheckAsync(cancellation);
        await WriteConditionsAsync(cancellation);
        var contest = new VhdContest(options, progress);
        foreach (string comparison in options.Comparisons)
        {
            // Images of several GiB are not kept longer than needed.
            using var images = new VhdImages(options);
            await output.WriteAsync(await new VhdComparisons(options, images, contest).RunAsync(comparison, cancellation));
        }
        foreach (Failure failure in contest.Failures)
            await output.WriteLineAsync($"\n**Failed:** {failure.Server}: {failure.Reason}");
        return contest.Failures.Count == 0;
    }

    private async Task CheckAsync(CancellationToken cancellation)
    {
        await Fio.RequireAsync(cancellation);
        if (ProgramPath.Find(Qemu) is null)
            throw new BenchmarkException("qemu-nbd is needed, and is not in PATH (package qemu-utils).");
        foreach (string program in new[] { options.Tapvisord, options.VhdUtil })
        {
            if (!File.Exists(program))
                throw new BenchmarkException($"'{program}' does not exist; build it first.");
        }
        options.Pinning.Check();
    }

    private async Task WriteConditionsAsync(CancellationToken cancellation)
    {
        MachineInfo machine = MachineInfo.Read(options.Directory);
        ProgramInfo tapvisor = await ProgramInfo.AskAsync("tapvisor", options.Tapvisord, "", cancellation);
        ProgramInfo qemu = await ProgramInfo.AskAsync(Qemu, Qemu, "aio=io_uring, cache=none", cancellation);
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Measured {DateTimeOffset.Now:yyyy-MM-dd HH:mm zzz}. {options.Rounds} rounds of {options.Seconds} s or {options.Requests} requests.

            - Machine: {machine}; images on {machine.Storage}
            - Load average (1 min) before: {LoadAverage.Read():0.00}
            - {tapvisor.Version}
            - {qemu.Version}; {qemu.Settings}
            - {(options.Upstream is null ? "without upstream's tapdisk" : "upstream's tapdisk: libaio, direct I/O")}
            - {options.Pinning.Placement}

            """);
        await output.WriteAsync(text);
    }
}
