namespace Tapvisor.Metrics;

/// <summary>What upstream counts of reads and writes, for one disk or one guest's device (upstream drivers/tapdisk-metrics-stats.h).</summary>
/// <param name="Reads">Reads.</param>
/// <param name="Writes">Writes.</param>
/// <param name="Failed">Requests of any kind answered with an error.</param>
internal readonly record struct DiskCounters(OperationCounters Reads, OperationCounters Writes, long Failed);
