using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers;

/// <summary>An image that knows which of its parts hold data.</summary>
public interface IBlockStatus
{
    /// <summary>
    /// Adds the extents from <paramref name="offset"/> on to <paramref name="extents"/> until they cover <paramref name="length"/> or the
    /// list is full; the last may reach beyond the range. At least one unless it fails.
    /// </summary>
    /// <returns>0 or a negative errno.</returns>
    IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents);
}
