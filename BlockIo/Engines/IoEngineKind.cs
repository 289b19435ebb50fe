namespace Tapvisor.BlockIo.Engines;

/// <summary>How an engine talks to the kernel.</summary>
public enum IoEngineKind
{
    /// <summary>io_uring where the kernel offers what the engine needs, else libaio.</summary>
    Auto,

    /// <summary>io_uring, Linux 5.11 or later.</summary>
    IoUring,

    /// <summary>epoll and Linux AIO, for older kernels and where io_uring is forbidden.</summary>
    LibAio,
}
