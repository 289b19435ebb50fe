using Tapvisor.RingDevices.Requests;
using Tapvisor.RingDevices.Statistics;
using Tapvisor.RingDevices.XenBlkif;

namespace Tapvisor.Tests.RingDevices.Statistics;

/// <summary>A disk that has nothing but counters.</summary>
internal sealed class PublishedDisk : IStatisticsSource
{
    public int Minor { get; init; }

    public bool IsOpen { get; set; }

    public QueueStatistics Counters { get; } = new();

    public IReadOnlyList<XenBlkifStatistics> Rings { get; set; } = [];
}
