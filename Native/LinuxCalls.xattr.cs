using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/xattr.h>
public static unsafe partial class LinuxCalls
{
    [LibraryImport(libc, SetLastError = true)]
    public static partial nint fgetxattr(int fd, byte* name, void* value, nuint size);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int fsetxattr(int fd, byte* name, void* value, nuint size, int flags);
}
