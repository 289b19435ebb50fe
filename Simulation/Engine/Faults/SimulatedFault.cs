namespace Tapvisor.Simulation.Engine.Faults;

/// <summary>A rule about what goes wrong. Operations that it matches are counted; it applies to those after <see cref="Skip"/>.</summary>
internal sealed record SimulatedFault
{
    /// <summary>Only this file; null for all.</summary>
    internal string? Path { get; init; }

    /// <summary>Only this operation; null for all.</summary>
    internal SimulatedOperation? Operation { get; init; }

    /// <summary>How many go well first.</summary>
    internal int Skip { get; init; }

    /// <summary>How many go wrong then.</summary>
    internal int Count { get; init; } = int.MaxValue;

    /// <summary>Of those, one in how many, chosen by the seed.</summary>
    internal int OneIn { get; init; } = 1;

    /// <summary>Positive errno to fail with; a write that fails may have reached some of its sectors.</summary>
    internal int Errno { get; init; }

    /// <summary>A transfer moves only a part of what was asked.</summary>
    internal bool IsShort { get; init; }

    /// <summary>The operation ends only when its scope is revoked.</summary>
    internal bool Hangs { get; init; }

    /// <summary>Time on top of the latency.</summary>
    internal TimeSpan Delay { get; init; }
}
