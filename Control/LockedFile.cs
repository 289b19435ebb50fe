using Tapvisor.Messages;
using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Control;

/// <summary>An open file (or directory) that flock(2) has locked for this one alone; disposing lets go.</summary>
public sealed class LockedFile : IDisposable
{
    private int _fd;

    private LockedFile(int fd) => _fd = fd;

    /// <summary>Locks, waiting for as long as another has the lock: for locks that are held for microseconds.</summary>
    /// <exception cref="ControlException">The file cannot be opened.</exception>
    internal static LockedFile Wait(string path, string what) => Open(path, LOCK_EX, what)!;

    /// <summary>Locks, or returns null when another has the lock.</summary>
    /// <exception cref="ControlException">The file cannot be opened.</exception>
    internal static LockedFile? Try(string path, string what) => Open(path, LOCK_EX | LOCK_NB, what);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _fd, -1) is >= 0 and int fd)
            _ = close(fd);
    }

    private static LockedFile? Open(string path, int operation, string what)
    {
        int fd = open(path, O_RDONLY | O_CLOEXEC, 0);
        if (fd < 0)
            throw ControlException.FromErrno(errno, $"cannot open {what} {path}");
        while (LinuxCalls.flock(fd, operation) != 0)
        {
            if (errno == Errno.EINTR)
                continue;
            int error = errno;
            _ = close(fd);
            return error == Errno.EWOULDBLOCK ? null : throw ControlException.FromErrno(error, $"cannot lock {what} {path}");
        }

        return new LockedFile(fd);
    }
}
