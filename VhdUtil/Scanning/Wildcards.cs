using System.Runtime.InteropServices;
using Tapvisor.BlockIo;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil.Scanning;

/// <summary>glob(3) and fnmatch(3): patterns mean exactly what they mean to upstream.</summary>
internal static unsafe partial class Wildcards
{
    private const int GLOB_ERR = 1;
    private const int GLOB_NOSORT = 4;
    private const int GLOB_BRACE = 0x400;
    private const int GLOB_NOSPACE = 1;
    private const int GLOB_ABORTED = 2;
    private const int FNM_PATHNAME = 1;
    private const int FNM_EXTMATCH = 0x20;

    /// <summary>Larger than any C library's glob_t, which begins with the number of paths and a pointer to them.</summary>
    private const int SizeOfGlob = 256;

    /// <summary>The paths that match; none is no error.</summary>
    /// <exception cref="BlockException">EIO: a directory cannot be read.</exception>
    public static List<string> Expand(string pattern, bool sort)
    {
        byte* result = stackalloc byte[SizeOfGlob];
        new Span<byte>(result, SizeOfGlob).Clear();
        int code = glob(pattern, GLOB_BRACE | GLOB_ERR | (sort ? 0 : GLOB_NOSORT), 0, result);
        try
        {
            if (code is GLOB_NOSPACE or GLOB_ABORTED)
                throw new BlockException(
                    BlockErrorKind.Io, code == GLOB_NOSPACE ? Errno.ENOMEM : Errno.EIO, $"Not all files like '{pattern}' can be listed.");
            List<string> paths = [];
            byte** names = *(byte***)(result + sizeof(nuint));
            for (nuint i = 0; code == 0 && i < *(nuint*)result; i++)
                paths.Add(Marshal.PtrToStringUTF8((nint)names[i])!);
            return paths;
        }
        finally
        {
            globfree(result);
        }
    }

    public static bool Matches(string pattern, string name) => fnmatch(pattern, name, FNM_PATHNAME | FNM_EXTMATCH) == 0;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int glob(string pattern, int flags, nint onError, byte* result);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void globfree(byte* result);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fnmatch(string pattern, string name, int flags);
}
