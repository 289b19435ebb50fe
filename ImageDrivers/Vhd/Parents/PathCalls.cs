using System.Runtime.InteropServices;

namespace Tapvisor.ImageDrivers.Vhd.Parents;

/// <summary>The C library's functions on paths that .NET has no equal for.</summary>
internal static unsafe partial class PathCalls
{
    private const int PATH_MAX = 4096;
    private const int F_OK = 0;
    private const int R_OK = 4;

    public static bool Exists(string path) => access(path, F_OK) == 0;

    /// <summary>Whether the path can be opened for reading; if not, the errno.</summary>
    public static bool IsReadable(string path, out int errno)
    {
        bool readable = access(path, R_OK) == 0;
        errno = readable ? 0 : Marshal.GetLastPInvokeError();
        return readable;
    }

    /// <summary>The path without links, or null and the errno.</summary>
    public static string? RealPath(string path, out int errno)
    {
        byte* resolved = stackalloc byte[PATH_MAX];
        byte* result = realpath(path, resolved);
        errno = result == null ? Marshal.GetLastPInvokeError() : 0;
        return Marshal.PtrToStringUTF8((nint)result);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial byte* realpath(string path, byte* resolved);
}
