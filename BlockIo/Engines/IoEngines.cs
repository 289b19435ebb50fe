using Tapvisor.BlockIo.Engines.Aio;
using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.BlockIo.Engines.Uring;
using Tapvisor.Native;

namespace Tapvisor.BlockIo.Engines;

/// <summary>Makes the engine that this machine's kernel allows.</summary>
public static class IoEngines
{
    /// <summary>Starts an engine; it owns a thread until it is disposed of.</summary>
    /// <exception cref="BlockException">The kernel does not offer what was asked for.</exception>
    public static IoEngine Create(IoEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.QueueEntries);
        ArgumentOutOfRangeException.ThrowIfNegative(options.SpinMicroseconds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.HelperThreads);

        IoEngineKind kind = options.Kind;
        if (kind == IoEngineKind.Auto)
            kind = WhyUnavailable(IoEngineKind.IoUring) is null ? IoEngineKind.IoUring : IoEngineKind.LibAio;
        else if (WhyUnavailable(kind) is { } reason)
            throw new BlockException(BlockErrorKind.Unsupported, Errno.ENOSYS, $"the I/O engine {kind} is not available: {reason}");

        PosixEngine engine = kind == IoEngineKind.IoUring ? new UringEngine(options) : new LibAioEngine(options);
        engine.Start();
        return engine;
    }

    /// <summary>Asks the kernel whether it offers a kind of engine.</summary>
    /// <returns>Null if so, else the reason in half a sentence.</returns>
    public static string? WhyUnavailable(IoEngineKind kind) => kind switch
    {
        IoEngineKind.IoUring => Ring.WhyUnavailable(),
        IoEngineKind.LibAio => AioContext.WhyUnavailable(),
        _ => null,
    };
}
