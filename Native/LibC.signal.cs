using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <signal.h>
public static unsafe partial class LibC
{
    public const int SIGTERM = 15;

    [LibraryImport(libc, SetLastError = true)]
    public static partial int kill(int pid, int sig);
}
