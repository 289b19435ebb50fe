using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;

namespace Tapvisor.Tests.ImageDrivers;

/// <summary>A driver that says yes to everything, does nothing, and has no optional ability; it counts what reaches it.</summary>
internal sealed class StubImage(ImageInfo info) : IImageDriver
{
    public ImageInfo Info { get; } = info;

    internal int Requests { get; private set; }

    public IoTask<int> ReadAsync(long offset, IoBuffer buffer) => Answer();

    public IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options) => Answer();

    public IoTask<int> FlushAsync() => Answer();

    public IoTask<int> CloseAsync() => new(0);

    private IoTask<int> Answer()
    {
        Requests++;
        return new IoTask<int>(0);
    }
}
