using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <glob.h>
public static unsafe partial class LinuxCalls
{
    public const int GLOB_ERR = 1;
    public const int GLOB_NOSORT = 4;
    public const int GLOB_BRACE = 0x400;

    public const int GLOB_NOSPACE = 1;
    public const int GLOB_ABORTED = 2;

    /// <summary>Returns 0 or one of the reasons, and leaves errno alone.</summary>
    [LibraryImport(libc, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int glob(string pattern, int flags, void* errfunc, glob_t* pglob);

    [LibraryImport(libc)]
    public static partial void globfree(glob_t* pglob);
}

public unsafe struct glob_t
{
    public nuint gl_pathc;
    public byte** gl_pathv;
    public nuint gl_offs;
    public int gl_flags;
    public void* gl_closedir;
    public void* gl_readdir;
    public void* gl_opendir;
    public void* gl_lstat;
    public void* gl_stat;
}
