using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>
/// A driver on top of another that it passes requests on to. It has every optional ability as far as the one below has it: ask by
/// <see cref="ImageAbilities.Ability{T}"/>; using one that is missing below returns −EOPNOTSUPP.
/// </summary>
/// <param name="inner">The driver below; it is closed with the filter.</param>
public abstract class ImageFilter(IImageDriver inner) : IImageDriver, IDiscard, IWriteZeroes, IBlockStatus
{
    private readonly IDiscard? _discard = inner.Ability<IDiscard>();
    private readonly IWriteZeroes? _writeZeroes = inner.Ability<IWriteZeroes>();
    private readonly IBlockStatus? _blockStatus = inner.Ability<IBlockStatus>();

    /// <summary>The driver below.</summary>
    public IImageDriver Inner { get; } = inner;

    /// <inheritdoc />
    public virtual ImageInfo Info => Inner.Info;

    /// <inheritdoc />
    public virtual IoTask<int> ReadAsync(long offset, IoBuffer buffer) => Inner.ReadAsync(offset, buffer);

    /// <inheritdoc />
    public virtual IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options) => Inner.WriteAsync(offset, buffer, options);

    /// <inheritdoc />
    public virtual IoTask<int> FlushAsync() => Inner.FlushAsync();

    /// <inheritdoc />
    public virtual IoTask<int> DiscardAsync(long offset, long length, WriteOptions options) =>
        _discard is null ? new IoTask<int>(-Errno.EOPNOTSUPP) : _discard.DiscardAsync(offset, length, options);

    /// <inheritdoc />
    public virtual IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options) =>
        _writeZeroes is null ? new IoTask<int>(-Errno.EOPNOTSUPP) : _writeZeroes.WriteZeroesAsync(offset, length, options);

    /// <inheritdoc />
    public virtual IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents) =>
        _blockStatus is null ? new IoTask<int>(-Errno.EOPNOTSUPP) : _blockStatus.BlockStatusAsync(offset, length, extents);

    /// <inheritdoc />
    public virtual IoTask<int> CloseAsync() => Inner.CloseAsync();
}
