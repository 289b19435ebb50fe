using System.Globalization;
using System.Text;
using Tapvisor.Benchmarks.Nbd.Jobs;

namespace Tapvisor.Benchmarks.Nbd.Report;

/// <summary>The report for people, in Markdown: a table for each job, and what it was measured with.</summary>
internal static class MarkdownReport
{
    private const double MB = 1e6;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <param name="report">The run.</param>
    /// <param name="baseline">The server whom the ratios are to.</param>
    internal static string Format(BenchmarkReport report, string baseline)
    {
        var text = new StringBuilder();
        text.Append(Plain, $"Measured {report.Started:yyyy-MM-dd HH:mm zzz}. {report.Conditions}\n\n");
        text.Append(Plain, $"- Machine: {report.Machine}; image on {report.Machine.Storage}\n");
        text.Append(Plain, $"- Load average (1 min): {report.LoadBefore:0.00} before, {report.LoadAfter:0.00} after, the benchmark included\n");
        foreach (ProgramInfo program in report.Programs)
            text.Append(Plain, $"- {program.Name}: {program.Version}{(program.Settings.Length > 0 ? $"; {program.Settings}" : "")}\n");
        text.Append(Plain, $"- Command: `{report.Command}`\n");
        foreach (string warning in report.Warnings)
            text.Append(Plain, $"- **Warning:** {warning}\n");
        foreach (Failure failure in report.Failures)
            text.Append(Plain, $"- **Failed:** {failure.Server}: {failure.Reason}\n");
        foreach (FioJob job in report.Jobs)
            text.Append(Plain, $"\n### {job.Title}\n\n{Table(job, report.Measurements, report.Programs.Select(p => p.Name), baseline)}");
        return text.ToString();
    }

    /// <summary>The figures of a job, a row for each server.</summary>
    internal static string Table(FioJob job, IEnumerable<Measurement> measurements, IEnumerable<string> servers, string baseline)
    {
        IReadOnlyList<Summary> summaries = Summary.Of([.. measurements.Where(run => run.Job == job.Name)], servers, baseline);
        return summaries.Count == 0
            ? "No server finished a run.\n"
            : MarkdownTable.Format(Header(baseline), [.. summaries.Select(Row)]);
    }

    private static string[] Header(string baseline) =>
        ["server", "IOPS (min–max)", "MB/s", "p50 µs", "p99 µs", "CPU µs/IO", "RSS MiB", $"IOPS / {baseline}", $"CPU / {baseline}"];

    private static string[] Row(Summary summary) =>
    [
        summary.Server,
        string.Create(Plain, $"{summary.Iops:0} ({summary.LeastIops:0}–{summary.MostIops:0})"),
        (summary.BytesPerSecond / MB).ToString("0", Plain),
        summary.P50Microseconds.ToString("0", Plain),
        summary.P99Microseconds.ToString("0", Plain),
        summary.CpuMicrosecondsPerIo.ToString("0.00", Plain),
        (summary.RssBytes / (double)ByteSize.MiB).ToString("0.0", Plain),
        Ratio(summary.IopsRatio),
        Ratio(summary.CpuRatio),
    ];

    private static string Ratio(double? ratio) => ratio?.ToString("0.00", Plain) ?? "–";
}
