using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.VhdUtil.Files;

/// <summary>Failed system calls as the one error type.</summary>
internal static class FileErrors
{
    /// <summary>The last call's.</summary>
    /// <param name="what">"open", "write 512 bytes at 0 of"; the path follows.</param>
    /// <param name="path">Of which file.</param>
    public static BlockException Last(string what, string path) => Of(what, path, LibC.errno);

    public static BlockException Of(string what, string path, int errno) => new(
        errno == Errno.ENOENT ? BlockErrorKind.NotFound : BlockErrorKind.Io, errno, $"cannot {what} '{path}': {Errno.Describe(errno)}");
}
