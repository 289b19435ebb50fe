using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>The single entry for opening an image: types are always named, never guessed.</summary>
public static class ImageDriverFactory
{
    // Types of upstream's table (drivers/tapdisk-disktype.c) that it knows by name but cannot open either.
    private static readonly string[] s_driverless =
        ["sync", "vmdk", "vhdsync", "qcow", "remus disk replicator (remus)"];

    /// <summary>Opens an image on the engine of <paramref name="scope"/>. Call on that engine's thread.</summary>
    /// <exception cref="BlockException">
    /// ENOENT for an unknown type, ENOSYS for a known one without driver, else what the driver reports.
    /// </exception>
    public static IoTask<IImageDriver> OpenAsync(IoScope scope, ImageName name, ImageOptions options) => name.Type switch
    {
        "aio" => Aio.AioImage.OpenAsync(scope, name.Path, options),
        _ when s_driverless.Contains(name.Type) => throw new BlockException(
            BlockErrorKind.Unsupported, Errno.ENOSYS, $"The image type '{name.Type}' of '{name}' has no driver."),
        _ => throw new BlockException(
            BlockErrorKind.NotFound, Errno.ENOENT, $"The image type '{name.Type}' of '{name}' is not known."),
    };
}
