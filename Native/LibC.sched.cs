using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sched.h>
public static unsafe partial class LibC
{
    [LibraryImport(libc, SetLastError = true)]
    public static partial int sched_setaffinity(int pid, nuint cpusetsize, void* mask);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int sched_getaffinity(int pid, nuint cpusetsize, void* mask);
}
