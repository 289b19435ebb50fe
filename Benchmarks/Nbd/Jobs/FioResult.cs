namespace Tapvisor.Benchmarks.Nbd.Jobs;

/// <summary>What fio saw in one run of one job.</summary>
/// <param name="Ios">Requests completed.</param>
/// <param name="Iops">Requests per second.</param>
/// <param name="BytesPerSecond">Payload per second.</param>
/// <param name="P50Microseconds">Median latency, from submission to completion.</param>
/// <param name="P99Microseconds">The latency that one request in a hundred exceeds.</param>
internal sealed record FioResult(long Ios, double Iops, double BytesPerSecond, double P50Microseconds, double P99Microseconds);
