using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers.Layers.Alignment;
using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.ImageDrivers.Raw;
using Tapvisor.ImageDrivers.Vhd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>The single entry for opening an image: types are always named, never guessed.</summary>
public static class ImageDriverFactory
{
    // Types of upstream's table (drivers/tapdisk-disktype.c) that it knows by name but cannot open either.
    private static readonly string[] s_driverless =
        ["sync", "vmdk", "vhdsync", "qcow", "remus disk replicator (remus)"];

    // Types that upstream serves and this version does not.
    private static readonly string[] s_unserved =
        ["ram", "bc", "vhdi", "log", "lc", "lle", "llp", "valve"];

    /// <summary>
    /// Opens an image on the engine of <paramref name="scope"/>; call on that engine's thread. The driver takes requests of any offset,
    /// length and memory address: one that is bound to sectors comes wrapped (<see cref="AlignedImage"/>).
    /// </summary>
    /// <exception cref="BlockException">
    /// ENOENT for an unknown type, ENOSYS for a known one without driver, else what the driver reports.
    /// </exception>
    public static async IoTask<IImageDriver> OpenAsync(IoScope scope, ImageName name, ImageOptions options, ImageContext? context = null)
    {
        context ??= ImageContext.Default;
        if (context.Key is not null && name.Type != "vhd")
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.EINVAL, $"A key was supplied for '{name}', but only VHDs can be encrypted.");
        if (context.ParentMinor is { } minor && name.Type != "vhd")
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.EINVAL, $"'{name}' cannot be stacked on minor {minor}: only VHDs have parents.");
        IImageDriver driver = name.Type switch
        {
            "aio" => await RawOpening.OpenAsync(scope, name.Path, options),
            "nbd" => await NbdOpening.OpenAsync(scope, name.Path, options),
            "vhd" => await VhdOpening.OpenAsync(scope, name.Path, options, context),
            _ when s_driverless.Contains(name.Type) => throw new BlockException(
                BlockErrorKind.Unsupported, Errno.ENOSYS, $"The image type '{name.Type}' of '{name}' has no driver."),
            _ when s_unserved.Contains(name.Type) => throw new BlockException(
                BlockErrorKind.Unsupported, Errno.ENOSYS, $"The image type '{name.Type}' of '{name}' is not supported by this version."),
            _ => throw new BlockException(
                BlockErrorKind.NotFound, Errno.ENOENT, $"The image type '{name.Type}' of '{name}' is not known."),
        };
        return driver.Info.Alignment > 1 ? new AlignedImage(driver, scope.Engine.Buffers) : driver;
    }
}
