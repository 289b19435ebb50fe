using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/wait.h>
public static unsafe partial class LinuxCalls
{
    public const int WNOHANG = 1;

    [LibraryImport(libc, SetLastError = true)]
    public static partial int waitpid(int pid, int* wstatus, int options);
}
