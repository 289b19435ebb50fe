namespace Tapvisor.ImageDrivers.Layers.Faults;

/// <summary>Which requests an injected fault strikes.</summary>
[Flags]
public enum FaultOperations
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Reads, and questions about block status.</summary>
    Read = 1,

    /// <summary>Writes, zeroing and discards.</summary>
    Write = 2,

    /// <summary>Flushes.</summary>
    Flush = 4,

    /// <summary>All of them.</summary>
    Any = Read | Write | Flush,
}
