using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers.Layers.Alignment;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>The single entry for opening an image of any format in <see cref="ImageFormats"/>.</summary>
public static class ImageDriverFactory
{
    /// <summary>
    /// Opens an image on the engine of <paramref name="scope"/>; call on that engine's thread. The driver takes requests of any offset,
    /// length and memory address: one that is bound to sectors comes wrapped (<see cref="AlignedImage"/>).
    /// </summary>
    /// <exception cref="BlockException">
    /// ENOENT for an unknown type, ENOSYS for a known one without driver, EINVAL for a key or a parent that the format does not take, else
    /// what the driver reports.
    /// </exception>
    public static async IoTask<IImageDriver> OpenAsync(IoScope scope, ImageName name, ImageOptions options, ImageContext? context = null)
    {
        context ??= ImageContext.Default;
        IImageFormat? format = ImageFormats.Find(name.Type);
        if (context.Key is not null && format is not { TakesKey: true })
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.EINVAL,
                $"A key was supplied for '{name}', but only {ImageFormats.PluralsOf(other => other.TakesKey)} can be encrypted.");
        if (context.ParentMinor is { } minor && format is not { TakesParent: true })
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.EINVAL,
                $"'{name}' cannot be stacked on minor {minor}: only {ImageFormats.PluralsOf(other => other.TakesParent)} have parents.");
        if (format is null)
            throw ImageFormats.Refuse(name);
        IImageDriver driver = await format.OpenAsync(scope, name.Path, options, context);
        return driver.Info.Alignment > 1 ? new AlignedImage(driver, scope.Engine.Buffers) : driver;
    }
}
