using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Tapvisor.Native;

// <sys/uio.h>
public static unsafe partial class LinuxCalls
{
    public const int RWF_DSYNC = 0x2;

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint preadv2(int fd, iovec* iov, int iovcnt, long offset, int flags);

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint pwritev2(int fd, iovec* iov, int iovcnt, long offset, int flags);
}
