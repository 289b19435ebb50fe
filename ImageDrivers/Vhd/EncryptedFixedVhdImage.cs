using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// A fixed VHD whose every sector is encrypted, so that all of it is data: no hole reads as zeroes, zeroes have to be written, and there is
/// nothing to discard.
/// </summary>
/// <param name="file">Open and locked; direct transfers need no more than sectors.</param>
/// <param name="data">How data is kept; belongs to the image from here.</param>
/// <param name="info">What the image is.</param>
internal sealed class EncryptedFixedVhdImage(VhdFile file, BlockData data, ImageInfo info) : IImageDriver, IWriteZeroes, IBlockStatus
{
    private bool _isClosed;

    /// <inheritdoc />
    public ImageInfo Info => info;

    /// <inheritdoc />
    public IoTask<int> ReadAsync(long offset, IoBuffer buffer) => data.ReadAsync(offset, offset, buffer);

    /// <inheritdoc />
    public IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options) =>
        data.WriteAsync(offset, offset, buffer, (options & WriteOptions.Durable) != 0);

    /// <inheritdoc />
    public IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options) => (options & WriteOptions.Fast) != 0
        ? new IoTask<int>(-Errno.EOPNOTSUPP)
        : file.Zeroes.WriteAsync(this, offset, length, options);

    /// <inheritdoc />
    public IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents)
    {
        extents.TryAdd(length, ExtentStates.Data);
        return new IoTask<int>(0);
    }

    /// <inheritdoc />
    public IoTask<int> FlushAsync() => info.IsReadOnly ? new IoTask<int>(0) : file.SyncAsync();

    /// <inheritdoc />
    public async IoTask<int> CloseAsync()
    {
        if (_isClosed)
            return 0;
        _isClosed = true;
        int flushed = file.File.Scope.IsRevoked ? 0 : await FlushAsync();
        int closed = await file.CloseAsync();
        data.Dispose();
        return flushed < 0 ? flushed : closed;
    }
}
