using System.Runtime.InteropServices;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.ImageDrivers.Vhd.Parents;

/// <summary>The C library's functions on paths that .NET has no equal for.</summary>
internal static unsafe class PathCalls
{
    public static bool Exists(string path) => access(path, F_OK) == 0;

    /// <summary>Whether the path can be opened for reading; if not, the errno.</summary>
    public static bool IsReadable(string path, out int error)
    {
        bool readable = access(path, R_OK) == 0;
        error = readable ? 0 : errno;
        return readable;
    }

    /// <summary>The path without links, or null and the errno.</summary>
    public static string? RealPath(string path, out int error)
    {
        byte* resolved = stackalloc byte[PATH_MAX];
        byte* result = realpath(path, resolved);
        error = result == null ? errno : 0;
        return Marshal.PtrToStringUTF8((nint)result);
    }
}
