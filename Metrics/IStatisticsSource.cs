namespace Tapvisor.Metrics;

/// <summary>A disk whose counters are published. Any thread may ask.</summary>
public interface IStatisticsSource
{
    /// <summary>Its minor.</summary>
    int Minor { get; }

    /// <summary>An image is open.</summary>
    bool IsOpen { get; }

    /// <summary>The image's side.</summary>
    QueueStatistics Counters { get; }

    /// <summary>The guests' side: each ring that is connected.</summary>
    IReadOnlyList<XenBlkifStatistics> Rings { get; }
}
