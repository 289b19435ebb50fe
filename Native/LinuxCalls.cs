using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tmds.Linux;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Tapvisor.Native;

/// <summary>
/// What Tapvisor uses of the C library and the kernel and <see cref="LibC"/> of Tmds.LibC lacks, in its manner: under C's names and with
/// C's layouts (Linux, LP64); one file for each C header. Functions return what C returns: −1 on failure, with the reason in
/// <see cref="LibC.errno"/>, which both leave in the same place. Strings go there as UTF-8.
/// </summary>
public static unsafe partial class LinuxCalls
{
    private const string libc = "libc";
}
