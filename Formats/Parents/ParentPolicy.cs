namespace Tapvisor.Formats.Parents;

/// <summary>
/// Where parents may be: beside the child, which means in its directory and below, or, of a logical volume, in its volume group; and in
/// the directories listed. A file that somebody else made could otherwise name any file of the host as its parent, and be read through it.
/// </summary>
/// <param name="directories">Absolute paths, links allowed; one of the form /dev/VG stands for that volume group. Null allows every place.</param>
public sealed class ParentPolicy(IReadOnlyList<string>? directories)
{
    private const string Devices = "/dev";
    private const string Mapper = "/dev/mapper";

    /// <summary>Every place, as the command-line tools have it.</summary>
    public static ParentPolicy AllowAll { get; } = new(null);

    /// <summary>Whether a parent may be at a path.</summary>
    /// <param name="child">As <see cref="CanonicalPaths"/> makes it.</param>
    /// <param name="parent">Likewise.</param>
    /// <param name="paths">Asked where the listed directories lead.</param>
    public bool Allows(string child, string parent, CanonicalPaths paths) =>
        directories is null
        || (PlaceOf(child) is { } own && IsIn(own, parent))
        || directories.Any(directory => IsListed(Path.TrimEndingDirectorySeparator(directory), parent, paths));

    public override string ToString() => directories is null ? "everywhere" : string.Join(", ", ["the child's own", .. directories]);

    private static bool IsIn(string place, string path) =>
        IsVolumeGroup(place) ? PlaceOf(path) == place : path.StartsWith(place.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The directory of a file, or the volume group of a logical volume; null of other devices, which have no place in common.</summary>
    private static string? PlaceOf(string path) => Path.GetDirectoryName(path) switch
    {
        Mapper => VolumeGroupOf(path),
        null or "/" or Devices => null,
        string directory => directory,
    };

    private static bool IsListed(string directory, string parent, CanonicalPaths paths) =>
        IsIn(paths.TryOf(directory, out _) ?? directory, parent)
        || (Path.GetDirectoryName(directory) == Devices
            && IsIn($"{Mapper}/{CanonicalPaths.DoubleDashes(Path.GetFileName(directory))}-", parent));

    private static bool IsVolumeGroup(string place) => place.EndsWith('-') && Path.GetDirectoryName(place) == Mapper;

    /// <summary>"/dev/mapper/VG-" of "/dev/mapper/VG-LV", in whose names dashes are doubled.</summary>
    private static string? VolumeGroupOf(string path)
    {
        for (int at = Mapper.Length + 1; at < path.Length - 1; at++)
        {
            if (path[at] != '-')
                continue;
            if (path[at + 1] != '-')
                return path[..(at + 1)];
            at++;
        }
        return null;
    }
}
