using Tapvisor.Messages;
using Tapvisor.Metrics;

namespace Tapvisor.Disks;

/// <summary>
/// The data plane of one disk, which lives on its engine and outlives every incarnation of the disk's actors: an actor that crashes
/// loses its state, never a guest's requests.
/// </summary>
public interface IDiskHost : IAsyncDisposable
{
    /// <summary>The image side.</summary>
    IImageHost Image { get; }

    /// <summary>The guest's side.</summary>
    IFrontEndHost FrontEnds { get; }

    /// <summary>Faults and restarts so far.</summary>
    DiskHistory History { get; }

    /// <summary>Counters as of now.</summary>
    DiskStatistics Statistics { get; }

    /// <summary>Makes the driver misbehave, for tests and drills.</summary>
    void Inject(FaultKind kind, FaultOperation operation, uint argument, uint count);
}
