
namespace Tapvisor.Metrics;

/// <summary>Counters of a disk at one moment.</summary>
/// <param name="ReadSectors">Sectors of 512 bytes that reads asked for.</param>
/// <param name="WrittenSectors">Sectors that writes asked for.</param>
/// <param name="FailedReads">Reads answered with an error.</param>
/// <param name="FailedWrites">Writes answered with an error.</param>
/// <param name="Outstanding">Requests not answered.</param>
/// <param name="Active">Requests at the image.</param>
/// <param name="MaximumActive">Most operations that the engine has in flight at once.</param>
/// <param name="Replayed">Requests put back because their driver failed under them.</param>
/// <param name="Retried">Tries repeated because the storage was busy.</param>
/// <param name="Connections">Clients connected.</param>
/// <param name="Guests">Of each guest's ring.</param>
public sealed record DiskStatistics(
    long ReadSectors,
    long WrittenSectors,
    long FailedReads,
    long FailedWrites,
    long Outstanding,
    long Active,
    int MaximumActive,
    long Replayed,
    long Retried,
    int Connections,
    IReadOnlyList<XenBlkifStatistics> Guests);
