namespace Tapvisor.Benchmarks.Nbd.Report;

/// <summary>All runs of one job on one server. Every figure but the extremes and the memory is a median over rounds.</summary>
/// <param name="Server">Its name.</param>
/// <param name="Rounds">Runs that count.</param>
/// <param name="Iops">Requests per second.</param>
/// <param name="LeastIops">In the worst round.</param>
/// <param name="MostIops">In the best round.</param>
/// <param name="BytesPerSecond">Payload per second.</param>
/// <param name="P50Microseconds">Median latency.</param>
/// <param name="P99Microseconds">99th percentile of latency.</param>
/// <param name="CpuMicrosecondsPerIo">Server processor time per request.</param>
/// <param name="RssBytes">Resident memory of the server, the most seen.</param>
/// <param name="IopsRatio">To the baseline, within a round; null where no round has both.</param>
/// <param name="CpuRatio">Processor time per request, likewise; null also where the baseline's was too short for the clock.</param>
internal sealed record Summary(
    string Server,
    int Rounds,
    double Iops,
    double LeastIops,
    double MostIops,
    double BytesPerSecond,
    double P50Microseconds,
    double P99Microseconds,
    double CpuMicrosecondsPerIo,
    long RssBytes,
    double? IopsRatio,
    double? CpuRatio)
{
    /// <summary>One for each server, in the order of <paramref name="servers"/>; those without a run are left out.</summary>
    /// <param name="measurements">All runs of one job.</param>
    /// <param name="servers">Order of the result.</param>
    /// <param name="baseline">Whom the ratios are to.</param>
    internal static IReadOnlyList<Summary> Of(
        IReadOnlyCollection<Measurement> measurements, IEnumerable<string> servers, string baseline)
    {
        Dictionary<int, Measurement> basis = measurements.Where(m => m.Server == baseline).ToDictionary(m => m.Round);
        ILookup<string, Measurement> byServer = measurements.ToLookup(m => m.Server);
        return [.. servers.Where(byServer.Contains).Select(server => Of([.. byServer[server]], basis))];
    }

    private static Summary Of(List<Measurement> runs, Dictionary<int, Measurement> basis)
    {
        (Measurement Run, Measurement Base)[] pairs =
            [.. runs.Where(run => basis.ContainsKey(run.Round)).Select(run => (run, basis[run.Round]))];
        return new Summary(
            runs[0].Server,
            runs.Count,
            Statistics.Median(runs.Select(run => run.Result.Iops)),
            runs.Min(run => run.Result.Iops),
            runs.Max(run => run.Result.Iops),
            Statistics.Median(runs.Select(run => run.Result.BytesPerSecond)),
            Statistics.Median(runs.Select(run => run.Result.P50Microseconds)),
            Statistics.Median(runs.Select(run => run.Result.P99Microseconds)),
            Statistics.Median(runs.Select(run => run.CpuMicrosecondsPerIo)),
            runs.Max(run => run.ServerRssBytes),
            Ratio(pairs, run => run.Result.Iops),
            Ratio(pairs, run => run.CpuMicrosecondsPerIo));
    }

    private static double? Ratio((Measurement Run, Measurement Base)[] pairs, Func<Measurement, double> figure)
    {
        double[] ratios = [.. pairs.Where(pair => figure(pair.Base) > 0).Select(pair => figure(pair.Run) / figure(pair.Base))];
        return ratios.Length > 0 ? Statistics.Median(ratios) : null;
    }
}
