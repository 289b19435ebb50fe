using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <unistd.h>
public static unsafe partial class LibC
{
    public const int SEEK_SET = 0;
    public const int SEEK_END = 2;
    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;

    [LibraryImport(libc, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint write(int fd, void* buf, nuint count);

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint pread(int fd, void* buf, nuint count, long offset);

    [LibraryImport(libc, SetLastError = true)]
    public static partial nint pwrite(int fd, void* buf, nuint count, long offset);

    [LibraryImport(libc, SetLastError = true)]
    public static partial long lseek(int fd, long offset, int whence);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int fsync(int fd);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int fdatasync(int fd);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int ftruncate(int fd, long length);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int unlink(byte* pathname);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int getpid();
}
