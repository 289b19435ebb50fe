namespace Tapvisor.BlockIo.Engines;

/// <summary>Settings of one engine.</summary>
public sealed record IoEngineOptions
{
    /// <summary>For logs and as the thread's name.</summary>
    public string Name { get; init; } = "engine-0";

    /// <summary>How to talk to the kernel.</summary>
    public IoEngineKind Kind { get; init; } = IoEngineKind.Auto;

    /// <summary>Operations in flight that there is room for, for each that is being submitted: many are in flight while few are new.</summary>
    internal const int InFlightFactor = 4;

    /// <summary>
    /// Entries of io_uring's submission queue; its completion queue, and the context of libaio, have <see cref="InFlightFactor"/> times as
    /// many. More operations than that may be under way; they are submitted in several calls.
    /// </summary>
    public int QueueEntries { get; init; } = 256;

    /// <summary>
    /// Microseconds to look for completions before sleeping; 0 for none. It adapts: an engine whose waits are longer does not spin.
    /// </summary>
    public int SpinMicroseconds { get; init; }

    /// <summary>Bytes of I/O memory that is registered with io_uring and stays resident, rounded up to 2 MiB.</summary>
    public int ArenaSize { get; init; } = 8 << 20;

    /// <summary>Bytes of I/O memory beyond the arena that are kept when unused.</summary>
    public int OverflowCacheSize { get; init; } = 16 << 20;

    /// <summary>Threads at most for blocking calls such as open(2). One call that hangs occupies one of them.</summary>
    public int HelperThreads { get; init; } = 32;

    /// <summary>The processor to run on; null for any.</summary>
    public int? Cpu { get; init; }

    /// <summary>
    /// Hears, on the engine's thread, what an action given to <see cref="IoEngine.Post"/> threw. Without it such an exception ends the
    /// process.
    /// </summary>
    public Action<Exception>? UnhandledException { get; init; }
}
