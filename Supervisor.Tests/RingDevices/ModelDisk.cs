using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;

namespace Tapvisor.Tests.RingDevices;

/// <summary>An image in memory whose requests take seeded virtual time and fail, throw or hang as a test tells them to.</summary>
internal sealed class ModelDisk : IImageDriver, IDiscard, IWriteZeroes, IBlockStatus
{
    internal const int Block = 512;

    private readonly IoScope _scope;
    private readonly Random _random;

    internal ModelDisk(IoScope scope, ModelContent content, int seed, int alignment = 1, bool readOnly = false)
    {
        _scope = scope;
        _random = new Random(seed);
        Content = content;
        Info = new ImageInfo(content.Bytes.Length, 512, alignment, readOnly);
    }

    public ImageInfo Info { get; }

    internal ModelContent Content { get; }

    /// <summary>Longest time of a request in microseconds; 0 for none at all.</summary>
    internal int Slowness { get; set; } = 300;

    /// <summary>Looks at each request before it has its effect: returns 0 or a negative errno, or throws.</summary>
    internal Func<BlockOperation, int> Verdict { get; set; } = _ => 0;

    /// <summary>True for a request that never ends unless the scope is revoked.</summary>
    internal Func<BlockOperation, bool> Hangs { get; set; } = _ => false;

    /// <summary>What arrived, in order.</summary>
    internal List<(BlockOperation Operation, long Offset, long Length, WriteOptions Options)> Log { get; } = [];

    /// <summary>False for a benchmark, where the log would be garbage.</summary>
    internal bool Logging { get; set; } = true;

    internal int Active { get; private set; }

    public async IoTask<int> ReadAsync(long offset, IoBuffer buffer)
    {
        int result = await BeginAsync(BlockOperation.Read, offset, buffer.Length, WriteOptions.None);
        if (result >= 0)
            Content.Bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
        return End(result);
    }

    public async IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options)
    {
        int result = await BeginAsync(BlockOperation.Write, offset, buffer.Length, options);
        if (result >= 0)
        {
            buffer.Span.CopyTo(Content.Bytes.AsSpan((int)offset));
            Content.Wrote(offset, buffer.Length, options);
        }
        return End(result);
    }

    public async IoTask<int> FlushAsync()
    {
        int result = await BeginAsync(BlockOperation.Flush, 0, 0, WriteOptions.None);
        if (result >= 0)
            Content.Bytes.CopyTo(Content.Stable, 0);
        return End(result);
    }

    public async IoTask<int> DiscardAsync(long offset, long length, WriteOptions options)
    {
        int result = await BeginAsync(BlockOperation.Discard, offset, length, options);
        if (result >= 0)
            Content.Zero(offset, length, options);
        return End(result);
    }

    public async IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options)
    {
        int result = await BeginAsync(BlockOperation.WriteZeroes, offset, length, options);
        if (result >= 0)
            Content.Zero(offset, length, options);
        return End(result);
    }

    public async IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents)
    {
        int result = await BeginAsync(BlockOperation.BlockStatus, offset, length, WriteOptions.None);
        for (long at = offset - (offset % Block); result >= 0 && at < offset + length; at += Block)
        {
            bool zero = Content.Bytes.AsSpan((int)at, Block).IndexOfAnyExcept((byte)0) < 0;
            long from = Math.Max(at, offset);
            if (!extents.TryAdd(at + Block - from, zero ? ExtentStates.Hole | ExtentStates.Zero : ExtentStates.Data))
                break;
        }
        return End(result);
    }

    public IoTask<int> CloseAsync() => new(0);

    private async IoTask<int> BeginAsync(BlockOperation operation, long offset, long length, WriteOptions options)
    {
        Active++;
        if (Logging)
            Log.Add((operation, offset, length, options));
        try
        {
            if (Hangs(operation))
                return await _scope.DelayAsync(TimeSpan.FromDays(365));
            if (Slowness > 0 && await _scope.DelayAsync(TimeSpan.FromMicroseconds(_random.Next(Slowness))) < 0)
                return -Errno.ECANCELED;
            return Verdict(operation);
        }
        catch
        {
            Active--;
            throw;
        }
    }

    private int End(int result)
    {
        Active--;
        return result;
    }
}
