using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Raw;

/// <summary>Finds what of a raw image is data and what is a hole, by SEEK_DATA and SEEK_HOLE.</summary>
internal sealed class RawExtents(IoFile file)
{
    // Each seek is a system call on a helper thread: an answer may be short, the client asks on from there.
    private const int MaxSeeks = 128;

    private bool _canSeek = !file.IsBlockDevice;

    /// <param name="offset">From here.</param>
    /// <param name="length">At least one extent, no further than needed to cover this.</param>
    /// <param name="imageLength">Nothing is said beyond this.</param>
    /// <param name="extents">To be filled.</param>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> FindAsync(long offset, long length, long imageLength, ExtentList extents)
    {
        long end = offset + length;
        bool inData = false;
        for (int seeks = 0; offset < end && seeks < MaxSeeks && _canSeek; seeks++)
        {
            long found = await file.SeekAsync(inData ? IoSeek.Hole : IoSeek.Data, offset);
            if (found == -Errno.ENXIO)
                found = imageLength;
            if (found is -Errno.EINVAL or -Errno.EOPNOTSUPP)
            {
                _canSeek = false;
                break;
            }
            if (found < 0)
                return extents.Count > 0 ? 0 : (int)found;

            // Storage that counts in less than sectors: a sector with data in it is data.
            long boundary = inData ? RoundUp(found) : found - (found % ImageInfo.SectorBytes);
            boundary = Math.Min(boundary, imageLength);
            if (boundary > offset && !extents.TryAdd(boundary - offset, inData ? ExtentStates.Data : ExtentStates.Hole | ExtentStates.Zero))
                return 0;
            offset = Math.Max(offset, boundary);
            inData = !inData;
        }

        // Where nothing is known, or everything changes while we look, data is the answer that is never wrong.
        if (offset < end && (!_canSeek || extents.Count == 0))
            extents.TryAdd(end - offset, ExtentStates.Data);
        return 0;
    }

    private static long RoundUp(long offset) => (offset + ImageInfo.SectorBytes - 1) / ImageInfo.SectorBytes * ImageInfo.SectorBytes;
}
