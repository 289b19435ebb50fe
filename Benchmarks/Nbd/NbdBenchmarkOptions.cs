using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>What the command line asks for, checked.</summary>
/// <param name="Servers">In the order of even rounds.</param>
/// <param name="Jobs">In the order of every round.</param>
/// <param name="Rounds">Measured rounds; one more comes before them to warm up.</param>
/// <param name="Seconds">Length of one run.</param>
/// <param name="ImagePath">An image to take, or to make; null to make one in a place that suits.</param>
/// <param name="ImageBytes">Size of an image that is made.</param>
/// <param name="Overwrite">An image that exists may be written to.</param>
/// <param name="Pin">Server and client have a processor each.</param>
/// <param name="JsonPath">Where raw numbers go; null for nowhere.</param>
internal sealed record NbdBenchmarkOptions(
    IReadOnlyList<ServerRecipe> Servers,
    IReadOnlyList<FioJob> Jobs,
    int Rounds,
    int Seconds,
    string? ImagePath,
    long ImageBytes,
    bool Overwrite,
    bool Pin,
    string? JsonPath);
