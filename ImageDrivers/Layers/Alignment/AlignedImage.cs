using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Layers.Alignment;

/// <summary>
/// Lets requests of any offset, length and memory address run on a driver that takes whole, aligned blocks only. What is aligned passes
/// straight through. The rest goes through a bounce buffer, and a write that covers a part of a block reads it first, under a lock on the
/// range, so that concurrent writes to the same block never lose each other's bytes.
/// </summary>
internal sealed class AlignedImage : ImageFilter
{
    private readonly RangeLock _lock = new();
    private readonly BouncePool _bounce;
    private readonly int _mask;

    internal AlignedImage(IImageDriver inner, BufferPool buffers)
        : base(inner)
    {
        ImageInfo below = inner.Info;
        if (below.Length % below.Alignment != 0)
        {
            throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EINVAL,
                $"An image of {below.Length} bytes cannot be used in blocks of {below.Alignment}: the last one is not whole.");
        }
        _bounce = new BouncePool(buffers);
        _mask = below.Alignment - 1;
        Info = below with { Alignment = 1 };
    }

    /// <inheritdoc />
    public override ImageInfo Info { get; }

    /// <inheritdoc />
    public override IoTask<int> ReadAsync(long offset, IoBuffer buffer) =>
        ((offset | (uint)buffer.Length | buffer.Address) & _mask) == 0
            ? Inner.ReadAsync(offset, buffer)
            : ReadByBounceAsync(offset, buffer);

    /// <inheritdoc />
    public override async IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options)
    {
        bool isWhole = ((offset | (uint)buffer.Length) & _mask) == 0;
        RangeHold hold = _lock.Claim(Floor(offset), Ceiling(offset + buffer.Length), exclusive: !isWhole);
        if (!hold.IsGranted)
            await hold.WaitAsync();
        try
        {
            return isWhole && (buffer.Address & _mask) == 0
                ? await Inner.WriteAsync(offset, buffer, options)
                : await PatchAsync(offset, buffer.Length, buffer, options);
        }
        finally
        {
            _lock.Release(hold);
        }
    }

    /// <inheritdoc />
    public override async IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options)
    {
        bool isWhole = ((offset | length) & _mask) == 0;
        long end = offset + length;
        RangeHold hold = _lock.Claim(Floor(offset), Ceiling(end), exclusive: !isWhole);
        if (!hold.IsGranted)
            await hold.WaitAsync();
        try
        {
            // The inside first: if that cannot be done (fast), nothing has been done.
            long first = Ceiling(offset);
            long last = Floor(end);
            int result = first < last ? await base.WriteZeroesAsync(first, last - first, options) : 0;
            WriteOptions durable = options & WriteOptions.Durable;
            if (result == 0 && offset < first)
                result = await PatchAsync(offset, (int)(Math.Min(end, first) - offset), default, durable);
            if (result == 0 && last < end && last >= first)
                result = await PatchAsync(last, (int)(end - last), default, durable);
            return result;
        }
        finally
        {
            _lock.Release(hold);
        }
    }

    /// <inheritdoc />
    public override async IoTask<int> DiscardAsync(long offset, long length, WriteOptions options)
    {
        // A part of a block cannot be discarded, and need not be.
        long first = Ceiling(offset);
        long last = Floor(offset + length);
        if (first >= last)
            return 0;
        RangeHold hold = _lock.Claim(first, last, exclusive: false);
        if (!hold.IsGranted)
            await hold.WaitAsync();
        try
        {
            return await base.DiscardAsync(first, last - first, options);
        }
        finally
        {
            _lock.Release(hold);
        }
    }

    /// <inheritdoc />
    public override async IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents)
    {
        long first = Floor(offset);
        int result = await base.BlockStatusAsync(first, Ceiling(offset + length) - first, extents);
        if (result < 0)
            return result;
        extents.RemoveFirst(offset - first);

        // Everything said was about bytes before those asked for: calling the rest of the block data is never wrong.
        if (extents.Count == 0)
            extents.TryAdd(Math.Min(length, Ceiling(offset + 1) - offset), ExtentStates.Data);
        return 0;
    }

    private async IoTask<int> ReadByBounceAsync(long offset, IoBuffer buffer)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            long first = Floor(offset + done);
            int skip = (int)(offset + done - first);
            int part = Math.Min(buffer.Length - done, BouncePool.ChunkSize - skip);
            IoBuffer bounce = await _bounce.RentAsync((int)(Ceiling(first + skip + part) - first));
            try
            {
                int result = await Inner.ReadAsync(first, bounce);
                if (result < 0)
                    return result;
                bounce.Span.Slice(skip, part).CopyTo(buffer.Span[done..]);
            }
            finally
            {
                _bounce.Return(bounce);
            }
            done += part;
        }
        return 0;
    }

    /// <summary>Writes by bounce buffer, in pieces; the range is held.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="data">What to write; nothing for zeroes.</param>
    /// <param name="options">Passed on.</param>
    private async IoTask<int> PatchAsync(long offset, int length, IoBuffer data, WriteOptions options)
    {
        int done = 0;
        while (done < length)
        {
            long first = Floor(offset + done);
            int skip = (int)(offset + done - first);
            int part = Math.Min(length - done, BouncePool.ChunkSize - skip);
            IoBuffer bounce = await _bounce.RentAsync((int)(Ceiling(first + skip + part) - first));
            try
            {
                int result = await FillEdgesAsync(first, bounce, skip, skip + part);
                if (result < 0)
                    return result;
                if (data.Length > 0)
                    data.Span.Slice(done, part).CopyTo(bounce.Span[skip..]);
                else
                    bounce.Span.Slice(skip, part).Clear();
                result = await Inner.WriteAsync(first, bounce, options);
                if (result < 0)
                    return result;
            }
            finally
            {
                _bounce.Return(bounce);
            }
            done += part;
        }
        return 0;
    }

    /// <summary>Reads the blocks that the change from <paramref name="start"/> to <paramref name="end"/> covers only in part.</summary>
    private async IoTask<int> FillEdgesAsync(long first, IoBuffer bounce, int start, int end)
    {
        int block = _mask + 1;
        int last = bounce.Length - block;
        bool isHeadPartial = start > 0;
        bool isTailPartial = end < bounce.Length;
        if (isHeadPartial || (isTailPartial && last == 0))
        {
            int result = await Inner.ReadAsync(first, bounce.Slice(0, block));
            if (result < 0)
                return result;
        }
        return isTailPartial && last > 0 ? await Inner.ReadAsync(first + last, bounce.Slice(last, block)) : 0;
    }

    private long Floor(long offset) => offset & ~(long)_mask;

    private long Ceiling(long offset) => (offset + _mask) & ~(long)_mask;
}
