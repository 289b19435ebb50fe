namespace Tapvisor.Native;

/// <summary>What Tmds.LibC lacks of &lt;linux/aio_abi.h&gt;.</summary>
public static class AioAbi
{
    public const uint IOCB_FLAG_RESFD = 1;

    /// <summary>
    /// Tells that the context that io_setup(2) returns points to an aio_ring. Not in a public header, but fixed since 2.6 (fs/aio.c) and
    /// used by fio, QEMU and others.
    /// </summary>
    public const uint AIO_RING_MAGIC = 0xa10a10a1;
}
