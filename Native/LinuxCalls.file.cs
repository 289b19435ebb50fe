using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/file.h>
public static unsafe partial class LinuxCalls
{
    public const int LOCK_SH = 1;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int LOCK_UN = 8;

    [LibraryImport(libc, SetLastError = true)]
    public static partial int flock(int fd, int operation);
}
