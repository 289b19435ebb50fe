using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <poll.h>
public static unsafe partial class LibC
{
    public const short POLLIN = 0x1;
    public const short POLLOUT = 0x4;

    [LibraryImport(libc, SetLastError = true)]
    public static partial int poll(pollfd* fds, nuint nfds, int timeout);
}

public struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}
