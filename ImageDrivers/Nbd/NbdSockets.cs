using System.Globalization;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>
/// Finds the NBD socket of a disk by its minor, whichever service has it: nbd<i>pid</i>.<i>minor</i> in the control directory (upstream
/// drivers/tapdisk-image.c, find_parent_nbd_path). What dead services left does not count, nor do links that lead to the same socket.
/// </summary>
/// <param name="directory">The control directory; null where there is none.</param>
public sealed class NbdSockets(string? directory)
{
    private const string Prefix = "nbd";

    /// <summary>No disk is found.</summary>
    public static NbdSockets None { get; } = new(null);

    /// <summary>The socket of a disk. Asks the file system.</summary>
    /// <exception cref="BlockException">ENOENT: there is none, yet. EINVAL: several living processes have a disk of that minor.</exception>
    public string Find(int minor)
    {
        string[] found = directory is null || !Directory.Exists(directory)
            ? []
            : [.. Directory.EnumerateFiles(directory, $"{Prefix}*.{minor}").Select(Resolve).Distinct().Where(path => IsAlive(path, minor))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new BlockException(
                BlockErrorKind.NotFound, Errno.ENOENT, $"No NBD socket of minor {minor} is in '{directory}': its disk is not open."),
            _ => throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EINVAL,
                $"Minor {minor} has several NBD sockets, which of them is meant cannot be told: '{string.Join("', '", found)}'."),
        };
    }

    /// <summary>Understands the name of a disk's socket, without its directory.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out int pid, out int minor)
    {
        pid = minor = -1;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> numbers = name[Prefix.Length..];
        int dot = numbers.IndexOf('.');
        return dot >= 0 && IsNumber(numbers[..dot], out pid) && IsNumber(numbers[(dot + 1)..], out minor);
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Resolve(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;

    /// <summary>It is called nbd<i>pid</i>.<i>minor</i>, of a process that lives.</summary>
    private static bool IsAlive(string path, int minor) =>
        TryParse(Path.GetFileName(path.AsSpan()), out int pid, out int named) && named == minor && Directory.Exists($"/proc/{pid}");
}
