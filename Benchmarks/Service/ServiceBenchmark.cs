using System.Globalization;
using Tapvisor.Benchmarks.Nbd.Report;

namespace Tapvisor.Benchmarks.Service;

/// <summary>Lives of services by turns; the medians in a table, with the ratio to the first.</summary>
internal sealed class ServiceBenchmark(IReadOnlyList<string> services, int disks, int rounds, TextWriter output)
{
    private static readonly (string Name, Func<ServiceFigures, double> Of)[] s_columns =
    [
        ("start, ms", figures => figures.StartMilliseconds),
        ("its CPU, ms", figures => figures.StartCpuMilliseconds),
        ("idle, MiB", figures => figures.IdleMebibytes),
        ("threads", figures => figures.Threads),
        ("create, ms", figures => figures.CreateMilliseconds),
        ("with disks, MiB", figures => figures.DisksMebibytes),
        ("end, ms", figures => figures.EndMilliseconds),
    ];

    /// <returns>True; what goes wrong throws.</returns>
    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        List<ServiceFigures>[] figures = [.. services.Select(_ => new List<ServiceFigures>())];
        for (int round = 0; round < rounds; round++)
        {
            for (int turn = 0; turn < services.Count; turn++)
            {
                cancellation.ThrowIfCancellationRequested();
                int index = round % 2 == 0 ? turn : services.Count - 1 - turn;
                figures[index].Add(new ServiceLife(services[index], disks).Measure());
            }
        }
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{disks} disks, medians of {rounds} rounds, in brackets the ratio to the first\n"));
        await output.WriteLineAsync(MarkdownTable.Format(
            ["service", .. s_columns.Select(column => column.Name)],
            [.. services.Select((service, index) => (string[])[service, .. s_columns.Select(column => Cell(figures, index, column.Of))])]));
        return true;
    }

    private static string Cell(List<ServiceFigures>[] figures, int index, Func<ServiceFigures, double> of)
    {
        double own = Median(figures[index].Select(of));
        string value = own.ToString("0", CultureInfo.InvariantCulture);
        return index == 0 ? value : string.Create(CultureInfo.InvariantCulture, $"{value} ({own / Median(figures[0].Select(of)):0.00})");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
