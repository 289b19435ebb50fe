namespace Tapvisor.Disks.Requests;

/// <summary>Limits of one disk's queue.</summary>
public sealed record RequestQueueOptions
{
    /// <summary>How long a request that meets EAGAIN, EBUSY or EINTR is tried again (TD_VBD_REQUEST_TIMEOUT of upstream).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long a write that meets ENOSPC is tried again, for somebody may make space; upstream does not wait.</summary>
    public TimeSpan SpaceTimeout { get; init; }

    /// <summary>Pause between two tries (TD_VBD_RETRY_INTERVAL of upstream).</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests at the image and none answered for so long means that the driver hangs.</summary>
    public TimeSpan HangTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>I/O memory the disk may hold, in bytes.</summary>
    public long BufferBytes { get; init; } = 64L << 20;
}
