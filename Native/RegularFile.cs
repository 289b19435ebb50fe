using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.Native;

/// <summary>A file that somebody else may have put where one is expected: opening a FIFO waits for its writer, and /dev/zero has no end.</summary>
public static class RegularFile
{
    /// <summary>Reads a whole file, and nothing that is none; a link is followed to nowhere.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <exception cref="IOException">It is missing, no regular file, or larger.</exception>
    public static unsafe byte[] Read(string path, int most)
    {
        statx status;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (LibC.statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) < 0)
                throw new IOException(Errno.Describe(errno));
        }
        if ((mode_t)(status.stx_mode & S_IFMT) != S_IFREG)
            throw new IOException("it is no regular file");
        using FileStream file = File.OpenRead(path);
        if (file.Length > most)
            throw new IOException($"it has {file.Length} bytes, and {most} are the most that it may have");
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
