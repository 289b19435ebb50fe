using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Files;

/// <summary>
/// Flushes the file of an image, and does not forget that it failed. After a failed fsync Linux forgets which pages of the cache were
/// dirty, and the next one would succeed without having written them: from there on nothing can be promised. Direct writes have no such
/// pages.
/// </summary>
/// <param name="file">Of the image.</param>
internal sealed class FileFlush(IoFile file)
{
    private int _error;

    /// <summary>Returns when all that was written before is on stable storage.</summary>
    /// <returns>0 or a negative errno: of this flush, or of the one that lost data.</returns>
    internal async IoTask<int> RunAsync()
    {
        if (_error != 0)
            return _error;
        int result = await file.SyncAsync();
        if (result < 0 && result != -Errno.ECANCELED && !file.IsDirect)
            _error = result;
        return result;
    }
}
