using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers;

/// <summary>An image that can give space back.</summary>
public interface IDiscard
{
    /// <summary>The data of the range is not needed any more; it may or may not read as zeroes afterwards.</summary>
    /// <returns>0 or a negative errno.</returns>
    IoTask<int> DiscardAsync(long offset, long length, WriteOptions options);
}
