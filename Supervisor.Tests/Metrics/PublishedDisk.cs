using Tapvisor.Disks.Requests;
using Tapvisor.Metrics;
using Tapvisor.RingDevices.XenBlkif;

namespace Tapvisor.Tests.Metrics;

/// <summary>A disk that has nothing but counters.</summary>
internal sealed class PublishedDisk : IStatisticsSource
{
    public int Minor { get; init; }

    public bool IsOpen { get; set; }

    public QueueStatistics Counters { get; } = new();

    public IReadOnlyList<XenBlkifStatistics> Rings { get; set; } = [];
}
