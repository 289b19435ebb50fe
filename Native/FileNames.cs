using System.Runtime.InteropServices;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Native;

/// <summary>The host's names, by the C library's functions on paths that .NET has no equal for. They may block.</summary>
public sealed unsafe class FileNames : IFileNames
{
    private FileNames()
    {
    }

    /// <summary>As this process sees them.</summary>
    public static FileNames OfHost { get; } = new();

    /// <inheritdoc />
    public bool Exists(string path) => access(path, F_OK) == 0;

    /// <inheritdoc />
    public bool IsReadable(string path, out int error)
    {
        bool readable = access(path, R_OK) == 0;
        error = readable ? 0 : errno;
        return readable;
    }

    /// <inheritdoc />
    public string? Resolve(string path, out int error)
    {
        byte* resolved = stackalloc byte[PATH_MAX];
        byte* result = realpath(path, resolved);
        error = result == null ? errno : 0;
        return Marshal.PtrToStringUTF8((nint)result);
    }
}
