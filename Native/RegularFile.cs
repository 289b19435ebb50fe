using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.Native;

/// <summary>A file that somebody else may have put where one is expected: opening a FIFO waits for its writer, and /dev/zero has no end.</summary>
public static class RegularFile
{
    /// <summary>Reads a whole file, and nothing that is none.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="followLinks">A link is what it leads to; else it is no regular file.</param>
    /// <exception cref="IOException">It is missing, no regular file, or larger.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, int most, bool followLinks)
    {
        CheckKind(path, followLinks);
        using FileStream file = File.OpenRead(path);
        if (file.Length > most)
            throw new IOException($"it has {file.Length} bytes, and {most} are the most that it may have");
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static unsafe void CheckKind(string path, bool followLinks)
    {
        statx status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (LibC.statx(AT_FDCWD, name, followLinks ? 0 : AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) < 0)
                throw new IOException(Errno.Describe(errno));
        }
        var kind = (mode_t)(status.stx_mode & S_IFMT);
        if (kind != S_IFREG)
            throw new IOException(kind == S_IFDIR ? "it is a directory" : "it is no regular file");
    }
}
