using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;

namespace Tapvisor.Tests.ImageDrivers.Layers.Alignment;

/// <summary>A driver whose status is stripes of data and holes, shorter than its blocks.</summary>
internal sealed class StripedImage(long length, int alignment, int stripe) : IImageDriver, IBlockStatus
{
    public ImageInfo Info { get; } = new(length, 512, alignment, IsReadOnly: true);

    public IoTask<int> ReadAsync(long offset, IoBuffer buffer) => new(0);

    public IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options) => new(0);

    public IoTask<int> FlushAsync() => new(0);

    public IoTask<int> CloseAsync() => new(0);

    public IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents)
    {
        Assert.Equal(0, offset % Info.Alignment);
        Assert.Equal(0, length % Info.Alignment);
        for (long at = offset; at < offset + length; at += stripe)
        {
            if (!extents.TryAdd(stripe, at / stripe % 2 == 0 ? ExtentStates.Data : ExtentStates.Hole))
                break;
        }
        return new IoTask<int>(0);
    }
}
