using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Aio;

/// <summary>
/// Opens a raw image: by direct I/O unless that is impossible or not wanted, checked for a size that a disk can have, and locked. The lock
/// is on the image's own open file description, so that it outlives this process as long as the kernel still holds a write of it.
/// </summary>
internal static class AioOpening
{
    /// <exception cref="BlockException">
    /// What open(2) says (ENOENT, EACCES, EISDIR, EROFS, ENAMETOOLONG, …); EINVAL for what is no disk: empty, not a multiple of 512 bytes
    /// long, or neither file nor block device; EBUSY when somebody else holds it.
    /// </exception>
    internal static async IoTask<IImageDriver> OpenAsync(IoScope scope, string path, ImageOptions options)
    {
        IoOpenOptions access = options.HasFlag(ImageOptions.ReadOnly) ? IoOpenOptions.ReadOnly : IoOpenOptions.None;
        bool isDirect = !options.HasFlag(ImageOptions.Buffered);
        IoFile file = isDirect ? await OpenDirectAsync(scope, path, access) : await scope.Engine.OpenAsync(scope, path, access);
        try
        {
            CheckLength(file);
            if (file.Length % file.Alignment != 0)
            {
                // The last sectors of such a file are out of reach for direct I/O.
                await file.CloseAsync();
                file = await scope.Engine.OpenAsync(scope, path, access);
                CheckLength(file);
            }
            if (!options.HasFlag(ImageOptions.Shared))
                await LockAsync(file, options.HasFlag(ImageOptions.ReadOnly) ? IoLock.Shared : IoLock.Exclusive);
        }
        catch
        {
            await file.CloseAsync();
            throw;
        }

        // A device discards and zeroes in whole sectors even where it reads and writes bytes through the page cache.
        int alignment = file.IsBlockDevice ? Math.Max(file.Alignment, file.LogicalSectorSize) : file.Alignment;
        return new AioImage(file, new ImageInfo(file.Length, file.LogicalSectorSize, alignment, options.HasFlag(ImageOptions.ReadOnly)));
    }

    private static async IoTask<IoFile> OpenDirectAsync(IoScope scope, string path, IoOpenOptions access)
    {
        try
        {
            return await scope.Engine.OpenAsync(scope, path, access | IoOpenOptions.Direct);
        }
        catch (BlockException e) when (e.Errno == Errno.EINVAL)
        {
            // The file system has no direct I/O, or this is no disk at all, which the second attempt says as well.
        }
        return await scope.Engine.OpenAsync(scope, path, access);
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

    private static async IoTask<int> LockAsync(IoFile file, IoLock mode)
    {
        int result = await file.LockAsync(mode);
        if (result == -Errno.EAGAIN)
        {
            string holder = await file.Scope.Engine.OffloadAsync(file.Scope, () => LockHolder.Describe(file.Path));
            string purpose = mode == IoLock.Exclusive ? "writing" : "reading";
            throw new BlockException(
                BlockErrorKind.Locked, Errno.EBUSY, $"The image '{file.Path}' cannot be locked for {purpose}: {holder} holds it.");
        }
        if (result < 0)
        {
            throw new BlockException(
                BlockErrorKind.Io,
                -result,
                $"The image '{file.Path}' cannot be locked: {Errno.Describe(result)}; open it as shared if nobody else uses it.");
        }
        return 0;
    }
}
