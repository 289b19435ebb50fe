namespace Tapvisor.Simulation.Engine;

/// <summary>What a simulated file is asked to do: for choosing faults and counting calls.</summary>
internal enum SimulatedOperation
{
    Open,
    Read,
    Write,
    Sync,
    Allocate,
    PunchHole,
    ZeroRange,
    Discard,
    Truncate,
    Seek,
    Lock,
    Refresh,
    Close,
}
