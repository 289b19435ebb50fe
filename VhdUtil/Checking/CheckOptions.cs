namespace Tapvisor.VhdUtil.Checking;

/// <summary>What `vhd-util check' looks at, and what it overlooks.</summary>
internal sealed record CheckOptions
{
    /// <summary>-i: a missing footer in the last sector.</summary>
    public bool IgnoreFooter { get; init; }

    /// <summary>-I: another parent's UUID.</summary>
    public bool IgnoreParentUuid { get; init; }

    /// <summary>-t: timestamps in the future.</summary>
    public bool IgnoreTimestamps { get; init; }

    /// <summary>-B: blocks that overlap.</summary>
    public bool IgnoreOverlap { get; init; }

    /// <summary>-b: whether there is data where bitmaps are clear.</summary>
    public bool CheckData { get; init; }

    /// <summary>-s: count sectors.</summary>
    public bool CollectStatistics { get; init; }

    /// <summary>Now, as the format counts time.</summary>
    public uint Now { get; init; }
}
