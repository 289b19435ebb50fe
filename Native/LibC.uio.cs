using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/uio.h>
public static unsafe partial class LibC
{
    public const int RWF_DSYNC = 0x2;
    public const int UIO_MAXIOV = 1024;

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint preadv2(int fd, iovec* iov, int iovcnt, long offset, int flags);

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint pwritev2(int fd, iovec* iov, int iovcnt, long offset, int flags);
}

public unsafe struct iovec
{
    public void* iov_base;
    public nuint iov_len;
}
