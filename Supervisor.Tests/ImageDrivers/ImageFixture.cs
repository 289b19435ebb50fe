using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.ImageDrivers;

/// <summary>A simulated engine with one disk at <see cref="Path"/>, and requests to a driver in few words.</summary>
internal sealed class ImageFixture : IDisposable
{
    internal const string Path = "/sim/disk";

    internal ImageFixture(int seed = 1)
        : this(new SimulatedMachine(seed))
    {
    }

    internal ImageFixture(SimulatedMachine machine)
    {
        Machine = machine;
        Engine = new SimulatedEngine(machine, "engine-0");
        Scope = new IoScope(Engine, "disk-0");
    }

    internal SimulatedMachine Machine { get; }

    internal SimulatedEngine Engine { get; }

    internal IoScope Scope { get; }

    internal BufferQuota Quota { get; } = new(long.MaxValue);

    internal SimulatedDisk Disk => Machine.Files[Path];

    public void Dispose() => Engine.Dispose();

    internal IImageDriver Open(ImageOptions options = ImageOptions.None, string path = Path) =>
        Engine.Run(() => ImageDriverFactory.OpenAsync(Scope, new ImageName("aio", path), options));

    internal byte[] Read(IImageDriver image, long offset, int length)
    {
        IoBuffer buffer = Engine.Buffers.Rent(length, Quota);
        Assert.Equal(0, Engine.Run(() => image.ReadAsync(offset, buffer)));
        byte[] content = buffer.Span.ToArray();
        Engine.Buffers.Return(buffer, Quota);
        return content;
    }

    internal int TryRead(IImageDriver image, long offset, int length)
    {
        IoBuffer buffer = Engine.Buffers.Rent(length, Quota);
        int result = Engine.Run(() => image.ReadAsync(offset, buffer));
        Engine.Buffers.Return(buffer, Quota);
        return result;
    }

    internal void Write(IImageDriver image, long offset, byte[] data, WriteOptions options = WriteOptions.None) =>
        Assert.Equal(0, Engine.Run(() => WriteAsync(image, offset, data, options)));

    internal async IoTask<int> WriteAsync(IImageDriver image, long offset, byte[] data, WriteOptions options = WriteOptions.None)
    {
        IoBuffer buffer = Engine.Buffers.Rent(data.Length, Quota);
        data.CopyTo(buffer.Span);
        int result = await image.WriteAsync(offset, buffer, options);
        Engine.Buffers.Return(buffer, Quota);
        return result;
    }

    internal int Flush(IImageDriver image) => Engine.Run(image.FlushAsync);

    internal static byte[] Pattern(int length, byte value)
    {
        byte[] data = new byte[length];
        data.AsSpan().Fill(value);
        return data;
    }
}
