using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <linux/aio_abi.h>; the calls have no wrapper in the C library. Numbers of x86-64.
public static unsafe partial class LibC
{
    public const int SYS_io_setup = 206;
    public const int SYS_io_destroy = 207;
    public const int SYS_io_getevents = 208;
    public const int SYS_io_submit = 209;

    public const ushort IOCB_CMD_PREAD = 0;
    public const ushort IOCB_CMD_PWRITE = 1;
    public const ushort IOCB_CMD_FDSYNC = 3;
    public const uint IOCB_FLAG_RESFD = 1;

    public static int io_setup(uint nr_events, nint* ctx) => (int)syscall(SYS_io_setup, (nint)nr_events, (nint)ctx);

    public static int io_destroy(nint ctx) => (int)syscall(SYS_io_destroy, ctx, 0);

    public static int io_submit(nint ctx, nint nr, iocb** iocbpp) => (int)syscall(SYS_io_submit, ctx, nr, (nint)iocbpp, 0);

    public static int io_getevents(nint ctx, nint min_nr, nint nr, io_event* events, __kernel_timespec* timeout) =>
        (int)syscall(SYS_io_getevents, ctx, min_nr, nr, (nint)events, (nint)timeout, 0);
}

public struct iocb
{
    public ulong aio_data;
    public uint aio_key;
    public int aio_rw_flags;
    public ushort aio_lio_opcode;
    public short aio_reqprio;
    public uint aio_fildes;
    public ulong aio_buf;
    public ulong aio_nbytes;
    public long aio_offset;
    public ulong aio_reserved2;
    public uint aio_flags;
    public uint aio_resfd;
}

public struct io_event
{
    public ulong data;
    public ulong obj;
    public long res;
    public long res2;
}

/// <summary>
/// What the context that io_setup(2) returns points to: a ring of <see cref="io_event"/> that follows at header_length. Not in a
/// public header, but fixed since 2.6 (fs/aio.c) and used by fio, QEMU and others.
/// </summary>
public struct aio_ring
{
    public const uint AIO_RING_MAGIC = 0xa10a10a1;

    public uint id;
    public uint nr;
    public uint head;
    public uint tail;
    public uint magic;
    public uint compat_features;
    public uint incompat_features;
    public uint header_length;
}
