using Tapvisor.Benchmarks.Nbd.Processes;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>What the command line asks for, checked.</summary>
/// <param name="Comparisons">What to compare.</param>
/// <param name="Rounds">Measured rounds of each comparison.</param>
/// <param name="Seconds">Length of a run that is not bound by requests.</param>
/// <param name="Requests">Writes to an empty disk.</param>
/// <param name="Directory">Where images are made.</param>
/// <param name="Pinning">Where server and client run.</param>
/// <param name="Tapvisord">The service.</param>
/// <param name="VhdUtil">Makes the images.</param>
/// <param name="Upstream">Where upstream's blktap is installed; null to leave it out.</param>
internal sealed record VhdOptions(
    IReadOnlyList<string> Comparisons,
    int Rounds,
    int Seconds,
    int Requests,
    string Directory,
    CpuPinning Pinning,
    string Tapvisord,
    string VhdUtil,
    string? Upstream);
