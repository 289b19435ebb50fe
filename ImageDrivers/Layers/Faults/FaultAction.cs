namespace Tapvisor.ImageDrivers.Layers.Faults;

/// <summary>What an injected fault does to a request.</summary>
public enum FaultAction
{
    /// <summary>The driver throws, which faults it.</summary>
    Crash,

    /// <summary>The request fails with an errno and reaches no storage.</summary>
    Error,

    /// <summary>The request waits until the driver is revoked.</summary>
    Hang,

    /// <summary>The request waits for a time, then goes on.</summary>
    Delay,
}
