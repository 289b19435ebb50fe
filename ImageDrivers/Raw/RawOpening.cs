using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers.Files;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Raw;

/// <summary>Opens a raw image, checked for a size that a disk can have, and locked.</summary>
internal static class RawOpening
{
    /// <exception cref="BlockException">
    /// What open(2) says (ENOENT, EACCES, EISDIR, EROFS, ENAMETOOLONG, …); EINVAL for what is no disk: empty, not a multiple of 512 bytes
    /// long, or neither file nor block device; EBUSY when somebody else holds it.
    /// </exception>
    internal static async IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options)
    {
        IoFile file = await ImageFile.OpenAsync(scope, path, options);
        try
        {
            CheckLength(file);
            if (file.Length % file.Alignment != 0)
            {
                // The last sectors of such a file are out of reach for direct I/O.
                await file.CloseAsync();
                file = await ImageFile.OpenAsync(scope, path, options | ImageOptions.Buffered);
                CheckLength(file);
            }
            await ImageFile.LockAsync(file, options);
        }
        catch
        {
            await file.CloseAsync();
            throw;
        }

        // A device discards and zeroes in whole sectors even where it reads and writes bytes through the page cache.
        int alignment = file.IsBlockDevice ? Math.Max(file.Alignment, file.LogicalSectorSize) : file.Alignment;
        return new RawImage(file, new ImageInfo(file.Length, file.LogicalSectorSize, alignment, options.HasFlag(ImageOptions.ReadOnly)));
    }

    private static void CheckLength(IoFile file)
    {
        if (file.Length <= 0)
        {
            throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EINVAL,
                $"The image '{file.Path}' is empty: a disk has at least {ImageInfo.SectorBytes} bytes.");
        }
        if (file.Length % ImageInfo.SectorBytes != 0)
        {
            throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EINVAL,
                $"The image '{file.Path}' has {file.Length} bytes, which is not a multiple of {ImageInfo.SectorBytes}.");
        }
    }
}
