namespace Tapvisor.RingDevices.XenBlkif;

/// <summary>Limits of guests' rings.</summary>
public sealed record XenBlkifOptions
{
    /// <summary>
    /// Where the shadows of rings in use are kept, in a directory for each minor, so that another process can go on with them; empty for
    /// nowhere. A file system in memory: the shadows need not survive the machine, and are written for each request.
    /// </summary>
    public string ShadowDirectory { get; init; } = "";

    /// <summary>How long a guest that disconnects waits for what is at the image, before the image is taken away from it.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pages that a guest leaves granted stay mapped, up to <see cref="Wire.BlkifLimits.MaxKeptGrants"/> for each ring.</summary>
    public bool KeepsGrants { get; init; } = true;

    /// <summary>For tests: called before each store that a successor could come to see.</summary>
    internal Action? BeforeStore { get; init; }
}
