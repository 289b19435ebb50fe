using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/mman.h>
public static unsafe partial class LibC
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int mlock(void* addr, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int munlock(void* addr, nuint length);
}
