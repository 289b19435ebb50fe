namespace Tapvisor.ImageDrivers.Vhd.Parents;

/// <summary>
/// Where parents may be. A guest that could write its disk's metadata would otherwise name any file of the host as its parent.
/// </summary>
/// <param name="directories">Canonical paths; null allows every place.</param>
public sealed class ParentPolicy(IReadOnlyList<string>? directories)
{
    /// <summary>Every place, as the command-line tools have it.</summary>
    public static ParentPolicy AllowAll { get; } = new(null);

    /// <summary>Whether a parent may be at a path.</summary>
    /// <param name="path">As <see cref="CanonicalPath"/> makes it.</param>
    public bool Allows(string path) =>
        directories is null
        || directories.Any(directory => path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal));

    public override string ToString() => directories is null ? "everywhere" : string.Join(", ", directories);
}
