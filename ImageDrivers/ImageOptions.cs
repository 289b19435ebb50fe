namespace Tapvisor.ImageDrivers;

/// <summary>How to open an image; the flags of TAPDISK_MESSAGE_OPEN that drivers care about (upstream's TD_OPEN_*).</summary>
[Flags]
public enum ImageOptions
{
    /// <summary>Read and write, exclusively, by direct I/O.</summary>
    None = 0,

    /// <summary>Read only, under a shared lock.</summary>
    ReadOnly = 1,

    /// <summary>Somebody else may write to it at the same time: no lock.</summary>
    Shared = 2,

    /// <summary>Through the page cache.</summary>
    Buffered = 4,
}
