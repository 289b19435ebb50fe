using Tapvisor.Formats.Vhd;
using Tapvisor.Native;

namespace Tapvisor.Formats.Parents;

/// <summary>From a differencing disk's locators to its parent's path (libvhd.c, vhd_parent_locator_get and vhd_find_parent).</summary>
/// <param name="policy">Where parents may be.</param>
/// <param name="files">Asked which names lead to a file.</param>
public sealed class ParentResolver(ParentPolicy policy, IFileNames files)
{
    private readonly CanonicalPaths _paths = new(files);

    /// <summary>Where the path that a locator refers to is stored; false when it makes no sense or lies outside the file.</summary>
    /// <param name="locator">Of the header.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    public static bool TryGetRange(ParentLocator locator, long fileLength, out FileRange range)
    {
        range = new FileRange((long)locator.DataOffset, (int)locator.DataLength);
        return locator.IsReadable && locator.DataLength is > 0 and <= VhdLimits.MaxLocatorLength && locator.DataLength <= locator.Space
            && locator.DataOffset <= (ulong)fileLength && (ulong)fileLength - locator.DataOffset >= locator.DataLength;
    }

    /// <summary>The first of the names that leads to a file.</summary>
    /// <param name="child">The child's path.</param>
    /// <param name="names">What its locators hold, in their order.</param>
    /// <exception cref="BlockException">None does (the last one's errno; EINVAL without names), or it may not be used (EACCES).</exception>
    public string Resolve(string child, IReadOnlyList<string> names)
    {
        int errno = Errno.EINVAL;
        foreach (string name in names)
        {
            if (Find(child, name, out errno) is not { } path)
                continue;
            if (!policy.Allows(_paths.TryOf(child, out _) ?? child, _paths.Of(path), _paths))
                throw new BlockException(
                    BlockErrorKind.InvalidArgument, Errno.EACCES,
                    $"The parent '{path}' of '{child}' lies outside the directories where parents may be: {policy}.");
            return path;
        }

        throw VhdErrors.Parent(
            names.Count == 0
                ? $"The VHD '{child}' does not tell where its parent is."
                : $"The parent '{names[^1]}' of '{child}' cannot be read: {Errno.Describe(errno)}.", errno);
    }

    /// <summary>The file that a name stands for, or null and why not.</summary>
    public string? Find(string child, string name, out int errno)
    {
        if (name.StartsWith('/') && files.IsReadable(name, out errno))
            return name;
        if (_paths.TryOf(child, out errno) is not { } canonical)
            return null;
        string directory = Path.GetDirectoryName(canonical) ?? "/";
        return At(directory, name, out errno)
            ?? (name.Contains('%', StringComparison.Ordinal) ? At(directory, Uri.UnescapeDataString(name), out errno) : null);
    }

    private string? At(string directory, string name, out int errno)
    {
        string path = $"{directory}/{name}";
        return files.IsReadable(path, out errno) ? _paths.TryOf(path, out errno) : null;
    }
}
