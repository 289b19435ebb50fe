using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Files;

/// <summary>
/// Opens and locks the file of an image. The lock is on the image's own open file description, so that it outlives this process as long as
/// the kernel still holds a write of it.
/// </summary>
internal static class ImageFile
{
    /// <summary>By direct I/O unless that is impossible or not wanted.</summary>
    /// <exception cref="BlockException">What open(2) says.</exception>
    internal static async IoTask<IoFile> OpenAsync(IoScope scope, string path, ImageOptions options)
    {
        IoOpenOptions access = options.HasFlag(ImageOptions.ReadOnly) ? IoOpenOptions.ReadOnly : IoOpenOptions.None;
        if (!options.HasFlag(ImageOptions.Buffered))
        {
            try
            {
                return await scope.Engine.OpenAsync(scope, path, access | IoOpenOptions.Direct);
            }
            catch (BlockException e) when (e.Errno == Errno.EINVAL)
            {
                // The file system has no direct I/O, or this is no disk at all, which the second attempt says as well.
            }
        }
        return await scope.Engine.OpenAsync(scope, path, access);
    }

    /// <summary>Exclusively for writing, together with other readers for reading, not at all where that is shared.</summary>
    /// <returns>0.</returns>
    /// <exception cref="BlockException">EBUSY when somebody else holds it, or what fcntl(2) says.</exception>
    internal static async IoTask<int> LockAsync(IoFile file, ImageOptions options)
    {
        if (options.HasFlag(ImageOptions.Shared))
            return 0;
        bool reads = options.HasFlag(ImageOptions.ReadOnly);
        int result = await file.LockAsync(reads ? IoLock.Shared : IoLock.Exclusive);
        if (result == -Errno.EAGAIN)
        {
            string holder = await file.Scope.Engine.OffloadAsync(file.Scope, () => LockHolder.Describe(file.Path));
            string purpose = reads ? "reading" : "writing";
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
