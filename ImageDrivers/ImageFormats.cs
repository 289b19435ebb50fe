using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.ImageDrivers.Raw;
using Tapvisor.ImageDrivers.Vhd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>The table of formats: types are always named, exactly, and never guessed.</summary>
public static class ImageFormats
{
    // Types of upstream's table (drivers/tapdisk-disktype.c) that it knows by name but cannot open either.
    private static readonly string[] s_driverless =
        ["sync", "vmdk", "vhdsync", "qcow", "remus disk replicator (remus)"];

    // Types that upstream serves and this version does not.
    private static readonly string[] s_unserved =
        ["ram", "bc", "vhdi", "log", "lc", "lle", "llp", "valve"];

    /// <summary>All that can be opened.</summary>
    public static IReadOnlyList<IImageFormat> All { get; } = [new RawFormat(), new VhdFormat(), new NbdFormat()];

    /// <summary>The format of a type, or null if there is none that can be opened.</summary>
    public static IImageFormat? Find(string type) => All.FirstOrDefault(format => format.Type == type);

    /// <summary>What the images of all formats that <paramref name="can"/> are called: "VHDs".</summary>
    internal static string PluralsOf(Func<IImageFormat, bool> can) => string.Join(" and ", All.Where(can).Select(format => format.Plural));

    /// <summary>Why an image of a type that is not in the table cannot be opened.</summary>
    /// <returns>ENOENT for an unknown type, ENOSYS for a known one without driver.</returns>
    internal static BlockException Refuse(ImageName name) =>
        s_driverless.Contains(name.Type) ? new BlockException(
            BlockErrorKind.Unsupported, Errno.ENOSYS, $"The image type '{name.Type}' of '{name}' has no driver.")
        : s_unserved.Contains(name.Type) ? new BlockException(
            BlockErrorKind.Unsupported, Errno.ENOSYS, $"The image type '{name.Type}' of '{name}' is not supported by this version.")
        : new BlockException(
            BlockErrorKind.NotFound, Errno.ENOENT, $"The image type '{name.Type}' of '{name}' is not known.");
}
