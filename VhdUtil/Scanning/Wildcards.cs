using System.Runtime.InteropServices;
using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;

namespace Tapvisor.VhdUtil.Scanning;

/// <summary>glob(3) and fnmatch(3): patterns mean exactly what they mean to upstream.</summary>
internal static unsafe class Wildcards
{
    /// <summary>The paths that match; none is no error.</summary>
    /// <exception cref="BlockException">EIO: a directory cannot be read.</exception>
    public static List<string> Expand(string pattern, bool sort)
    {
        glob_t result = default;
        int code = glob(pattern, GLOB_BRACE | GLOB_ERR | (sort ? 0 : GLOB_NOSORT), null, &result);
        try
        {
            if (code is GLOB_NOSPACE or GLOB_ABORTED)
                throw new BlockException(
                    BlockErrorKind.Io, code == GLOB_NOSPACE ? Errno.ENOMEM : Errno.EIO, $"Not all files like '{pattern}' can be listed.");
            List<string> paths = [];
            for (nuint i = 0; code == 0 && i < result.gl_pathc; i++)
                paths.Add(Marshal.PtrToStringUTF8((nint)result.gl_pathv[i])!);
            return paths;
        }
        finally
        {
            globfree(&result);
        }
    }

    public static bool Matches(string pattern, string name) => fnmatch(pattern, name, FNM_PATHNAME | FNM_EXTMATCH) == 0;
}
