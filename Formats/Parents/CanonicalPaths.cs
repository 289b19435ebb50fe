using Tapvisor.Formats.Vhd;
using Tapvisor.Native;

namespace Tapvisor.Formats.Parents;

/// <summary>
/// The one name of a file, by which parents are found (vhd/lib/canonpath.c). Links are followed, save those by which logical volumes and
/// DRBD resources are known, since what they point to changes its name at every activation.
/// </summary>
/// <param name="names">What is asked.</param>
public sealed class CanonicalPaths(IFileNames names)
{
    private const string Mapper = "/dev/mapper/";
    private const string DrbdByResource = "/dev/drbd/by-res/";

    /// <exception cref="BlockException">There is no such file.</exception>
    public string Of(string path) => TryOf(path, out int errno)
        ?? throw new BlockException(
            BlockErrorKind.NotFound, errno, $"The path '{path}' cannot be resolved: {Errno.Describe(errno)}.");

    /// <summary>The canonical path of a file that may still have to be created.</summary>
    public string OfNew(string path) =>
        TryOf(path, out _) ?? Path.Join(Of(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/"), Path.GetFileName(path));

    /// <summary>The canonical path, or null and why not.</summary>
    public string? TryOf(string path, out int errno)
    {
        errno = 0;
        string full = Path.GetFullPath(path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal) && KeptName(full) is { } kept)
            return kept;
        return names.Resolve(path, out errno);
    }

    /// <summary>How to get from a file's directory to another file: "./p.vhd", "../d/p.vhd" (relative-path.c, relative_path_to).</summary>
    /// <param name="from">Canonical path of the file that the result is seen from.</param>
    /// <param name="to">Canonical path of the other.</param>
    public static string Relative(string from, string to)
    {
        string[] source = from.Split('/');
        string[] target = to.Split('/');
        int common = 1;
        while (common < source.Length - 1 && common < target.Length - 1 && source[common] == target[common])
            common++;
        int up = source.Length - 1 - common;
        string path = (up == 0 ? "./" : string.Concat(Enumerable.Repeat("../", up))) + string.Join('/', target[common..]);
        return path.Length <= 4096 ? path
            : throw VhdErrors.Invalid($"The path from '{from}' to '{to}' is too long.", Errno.ENAMETOOLONG);
    }

    /// <summary>A volume's or volume group's name as it is part of a device-mapper name.</summary>
    internal static string DoubleDashes(string name) => name.Replace("-", "--", StringComparison.Ordinal);

    private string? KeptName(string full)
    {
        if (full.StartsWith(DrbdByResource, StringComparison.Ordinal))
            return names.Exists(full) ? full : null;
        string rest = full["/dev/".Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || rest.IndexOf('/', slash + 1) >= 0)
            return null;
        string candidate = full.StartsWith(Mapper, StringComparison.Ordinal)
            ? full : $"{Mapper}{DoubleDashes(rest[..slash])}-{DoubleDashes(rest[(slash + 1)..])}";
        return names.Exists(candidate) ? candidate : null;
    }
}
