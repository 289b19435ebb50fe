using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers.Files;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Raw;

/// <summary>
/// A raw file or block device, byte for byte (upstream drivers/block-aio.c). Opened by <see cref="RawOpening"/>.
/// </summary>
internal sealed class RawImage : IImageDriver, IDiscard, IWriteZeroes, IBlockStatus
{
    private readonly IoFile _file;
    private readonly FileFlush _flush;
    private readonly RawZeroes _zeroes;
    private readonly RawExtents _extents;
    private bool _canDiscard = true;
    private bool _isClosed;

    internal RawImage(IoFile file, ImageInfo info)
    {
        _file = file;
        _flush = new FileFlush(file);
        Info = info;
        _zeroes = new RawZeroes(this, file);
        _extents = new RawExtents(file);
    }

    /// <inheritdoc />
    public ImageInfo Info { get; }

    /// <inheritdoc />
    public IoTask<int> ReadAsync(long offset, IoBuffer buffer) => WholeTransfer.ReadAsync(_file, offset, buffer, Info.Alignment);

    /// <inheritdoc />
    public IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options) =>
        WholeTransfer.WriteAsync(_file, offset, buffer, Info.Alignment, (options & WriteOptions.Durable) != 0);

    /// <inheritdoc />
    public IoTask<int> FlushAsync() => Info.IsReadOnly ? new IoTask<int>(0) : _flush.RunAsync();

    /// <inheritdoc />
    public async IoTask<int> DiscardAsync(long offset, long length, WriteOptions options)
    {
        // A hint: where it cannot be taken, not taking it is an answer.
        if (!_canDiscard)
            return 0;
        int result = await _file.AllocateAsync(IoAllocateMode.Discard, offset, length);
        if (result == -Errno.EOPNOTSUPP)
        {
            _canDiscard = false;
            return 0;
        }
        return result == 0 && (options & WriteOptions.Durable) != 0 ? await FlushAsync() : result;
    }

    /// <inheritdoc />
    public IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options) => _zeroes.WriteAsync(offset, length, options);

    /// <inheritdoc />
    public IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents) =>
        _extents.FindAsync(offset, length, Info.Length, extents);

    /// <inheritdoc />
    public async IoTask<int> CloseAsync()
    {
        int flushed = _file.Scope.IsRevoked || _isClosed ? 0 : await FlushAsync();
        _isClosed = true;
        int closed = await _file.CloseAsync();
        _zeroes.Close();
        return flushed < 0 ? flushed : closed;
    }
}
