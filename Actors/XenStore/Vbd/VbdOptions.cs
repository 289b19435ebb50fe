namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>How devices are served; the HOCON path of each is in config/supervisor.hocon.</summary>
public sealed record VbdOptions
{
    /// <summary>The kind of device, below backend/.</summary>
    public string BackendName { get; init; } = "vbd3";

    /// <summary>The domain that this service runs in.</summary>
    public uint DomId { get; init; }

    /// <summary>Whose habits the devices' nodes follow.</summary>
    public Toolstack Toolstack { get; init; }

    /// <summary>max-ring-page-order: rings of up to 2^n pages.</summary>
    public uint MaxRingPageOrder { get; init; } = 4;

    /// <summary>multi-queue-max-queues.</summary>
    public uint MaxQueues { get; init; } = 4;

    /// <summary>feature-max-indirect-segments.</summary>
    public uint MaxIndirectSegments { get; init; } = 256;

    /// <summary>
    /// This is the control directory's main service: devices whose disk nobody has named yet are its business. Of several services in one
    /// directory the others wait until a device names one of their disks.
    /// </summary>
    public bool IsMain { get; init; } = true;

    /// <summary>The service's pid.</summary>
    public int Pid { get; init; } = Environment.ProcessId;
}
