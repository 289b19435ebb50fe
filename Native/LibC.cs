using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Tapvisor.Native;

/// <summary>
/// The C library and the kernel interfaces that Tapvisor uses, under their C names and with C's layouts (Linux, LP64), in the manner
/// of Tmds.LibC; one file for each C header. Functions return what C returns: −1 on failure, with the reason in <see cref="errno"/>.
/// Strings go there as UTF-8.
/// </summary>
public static unsafe partial class LibC
{
    private const string libc = "libc";

    /// <summary>Why the calling thread's last call in here failed.</summary>
    public static int errno => Marshal.GetLastPInvokeError();

    /// <summary>syscall(2) for calls without a wrapper in the C library.</summary>
    [LibraryImport(libc, SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b);

    /// <summary>As the shorter form.</summary>
    [LibraryImport(libc, SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    /// <summary>As the shorter form.</summary>
    [LibraryImport(libc, SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
