using System.Globalization;
using Tapvisor.BlockIo;
using Tapvisor.Control;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>
/// Finds the NBD socket of a disk by its minor, whichever service has it (upstream drivers/tapdisk-image.c, find_parent_nbd_path). What dead
/// services left does not count, nor do links that lead to the same socket.
/// </summary>
/// <param name="directory">The control directory; null where there is none.</param>
public sealed class NbdSockets(ControlDirectory? directory)
{
    /// <summary>No disk is found.</summary>
    public static NbdSockets None { get; } = new(null);

    /// <summary>The socket of a disk. Asks the file system.</summary>
    /// <exception cref="BlockException">ENOENT: there is none, yet. EINVAL: several living processes have a disk of that minor.</exception>
    public string Find(int minor)
    {
        string[] found = [.. directory?.FindNbdSockets(minor).Select(Resolve).Distinct().Where(path => IsAlive(path, minor)) ?? []];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new BlockException(
                BlockErrorKind.NotFound, Errno.ENOENT, $"No NBD socket of minor {minor} is in '{directory?.Path}': its disk is not open."),
            _ => throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EINVAL,
                $"Minor {minor} has several NBD sockets, which of them is meant cannot be told: '{string.Join("', '", found)}'."),
        };
    }

    private static string Resolve(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;

    /// <summary>It is called nbd<i>pid</i>.<i>minor</i>, of a process that lives.</summary>
    private static bool IsAlive(string path, int minor) =>
        ControlDirectory.TryParseNbdSocket(Path.GetFileName(path.AsSpan()), out int pid, out int named)
        && named == minor
        && Directory.Exists($"/proc/{pid}");
}
