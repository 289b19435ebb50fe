using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers;

/// <summary>
/// An open image: a range of bytes that can be read and perhaps written, on its engine's thread only. Drivers stack: a VHD's parent
/// is a driver, a filter wraps a driver. Optional abilities are interfaces of their own (<see cref="IDiscard"/>,
/// <see cref="IWriteZeroes"/>, <see cref="IBlockStatus"/>): ask with <see cref="ImageAbilities.Ability{T}"/>.
/// <para>
/// Every request lies inside <see cref="ImageInfo.Length"/>, is a multiple of <see cref="ImageInfo.Alignment"/> in offset and length,
/// and is a write only where the image is writable: whoever calls has checked. Any number of requests may be in flight; overlapping
/// ones have no order. A method returns 0 or a negative errno; one that throws faults the driver, which is then revoked and re-opened.
/// </para>
/// </summary>
public interface IImageDriver
{
    /// <summary>What the image is.</summary>
    ImageInfo Info { get; }

    /// <summary>Fills the whole buffer from <paramref name="offset"/>.</summary>
    IoTask<int> ReadAsync(long offset, IoBuffer buffer);

    /// <summary>Writes the whole buffer at <paramref name="offset"/>.</summary>
    IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options);

    /// <summary>Returns when everything whose write had returned before the call is on stable storage.</summary>
    IoTask<int> FlushAsync();

    /// <summary>
    /// Writes what has to be written and closes, once no request is in flight; on a revoked scope it only closes. Idempotent.
    /// </summary>
    IoTask<int> CloseAsync();
}
