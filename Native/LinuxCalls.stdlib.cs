using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <stdlib.h>
public static unsafe partial class LinuxCalls
{
    [LibraryImport(libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* realpath(string path, byte* resolved_path);
}
