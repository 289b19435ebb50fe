using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <unistd.h>
public static unsafe partial class LibC
{
    public const int SEEK_SET = 0;
    public const int SEEK_END = 2;
    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;

    public const int F_OK = 0;
    public const int R_OK = 4;

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

    [LibraryImport(libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlink(string pathname);

    [LibraryImport(libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int access(string pathname, int mode);

    [LibraryImport(libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chown(string pathname, uint owner, uint group);

    [LibraryImport(libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int execve(string pathname, byte** argv, byte** envp);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int isatty(int fd);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int getpid();

    [LibraryImport(libc)]
    public static partial void _exit(int status);

    /// <summary>Cannot fail.</summary>
    [LibraryImport(libc)]
    public static partial uint geteuid();
}
