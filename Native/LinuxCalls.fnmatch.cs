using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <fnmatch.h>
public static unsafe partial class LinuxCalls
{
    public const int FNM_PATHNAME = 1;
    public const int FNM_EXTMATCH = 0x20;

    /// <summary>Returns 0 for a match and leaves errno alone.</summary>
    [LibraryImport(libc, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int fnmatch(string pattern, string @string, int flags);
}
