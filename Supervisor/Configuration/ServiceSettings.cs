using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.XenStore;
using Tapvisor.BlockIo.Engines;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.Supervisor.Control;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>Everything that config/supervisor.hocon says, checked.</summary>
internal sealed record ServiceSettings
{
    internal required string ControlDirectory { get; init; }

    internal required LogLevel LogLevel { get; init; }

    internal required int EngineCount { get; init; }

    internal required IoEngineOptions Engine { get; init; }

    internal required RequestQueueOptions Queue { get; init; }

    /// <summary>Where images may have parents and keys.</summary>
    internal required ImageContext Images { get; init; }

    internal required NbdOptions Nbd { get; init; }

    /// <summary>Where counters are published; empty for nowhere.</summary>
    internal required string StatisticsDirectory { get; init; }

    internal required TimeSpan StatisticsInterval { get; init; }

    /// <summary>Where guests' rings come from.</summary>
    internal required XenSelection Xen { get; init; }

    internal required XenBlkifOptions XenBlkif { get; init; }

    internal required ControlOptions Control { get; init; }

    internal required SupervisorSettings Supervisor { get; init; }

    internal required XenStoreSettings XenStore { get; init; }

    /// <summary>How long a service started by a client outlives its last disk; zero for ever.</summary>
    internal required TimeSpan OnDemandLinger { get; init; }

    /// <summary>How long the service's end may take.</summary>
    internal required EndLimits Limits { get; init; }
}
