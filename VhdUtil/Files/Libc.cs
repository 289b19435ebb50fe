using System.Runtime.InteropServices;
using Tapvisor.BlockIo;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil.Files;

/// <summary>
/// The C library's functions on files that .NET has no equal for, and what the kernel's headers say about them (x86-64 and arm64).
/// </summary>
internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_TRUNC = 0x200;
    public const int O_DSYNC = 0x1000;
    public const int O_CLOEXEC = 0x80000;

    public const int SEEK_END = 2;
    public const int SEEK_DATA = 3;

    public const int FALLOC_FL_KEEP_SIZE = 1;
    public const int FALLOC_FL_PUNCH_HOLE = 2;
    public const int FALLOC_FL_ZERO_RANGE = 0x10;

    public const nuint BLKZEROOUT = 0x127F;

    private const string Library = "libc";

    /// <summary>Differs between architectures, unlike its neighbours.</summary>
    public static int O_DIRECT => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    public static int LastError => Marshal.GetLastPInvokeError();

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int open(string path, int flags, int mode);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint pread(int fd, byte* buffer, nint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint pwrite(int fd, byte* buffer, nint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial long lseek(int fd, long offset, int whence);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fsync(int fd);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ftruncate(int fd, long length);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fallocate(int fd, int mode, long offset, long length);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ioctl(int fd, nuint request, ulong* range);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint fgetxattr(int fd, string name, byte* value, nint size);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fsetxattr(int fd, string name, byte* value, nint size, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int statx(int directory, string path, int flags, uint mask, byte* result);

    /// <summary>The last call's errno as an exception.</summary>
    /// <param name="what">"open", "write 512 bytes at 0 of"; the path follows.</param>
    public static BlockException Error(string what, string path) => Error(what, path, LastError);

    /// <summary>An errno as an exception.</summary>
    public static BlockException Error(string what, string path, int errno) => new(
        errno == Errno.ENOENT ? BlockErrorKind.NotFound : BlockErrorKind.Io, errno, $"cannot {what} '{path}': {Errno.Describe(errno)}");
}
