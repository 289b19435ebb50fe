using System.Security.Cryptography;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Tests.BlockIo.Engines;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

/// <summary>Images at servers that others wrote, on the engines of a real kernel.</summary>
public sealed class NbdServersTests : IDisposable
{
    private const int Size = 16 << 20;
    private const long Tolerance = 4096;
    private readonly TemporaryDirectory _files = new();

    private string Socket => _files.At("server");

    public void Dispose() => _files.Dispose();

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_is_written_to_qemu_nbd_is_in_its_file(IoEngineKind kind)
    {
        string image = _files.Image("disk.img", Size);
        using LiveServer server = LiveServer.QemuNbd(_files, Socket, image);
        byte[] written = RandomNumberGenerator.GetBytes(3 << 20);
        With(kind, Socket, async (host, disk) =>
        {
            Assert.Equal(new ImageInfo(Size, 512, 1, false), disk.Info);
            IoBuffer buffer = host.Rent(written.Length);
            written.CopyTo(buffer.Span);
            Assert.Equal(0, await disk.WriteAsync(1 << 20, buffer, WriteOptions.Durable));
            Assert.Equal(0, await disk.Ability<IWriteZeroes>()!.WriteZeroesAsync(2 << 20, 64 << 10, WriteOptions.None));
            Assert.Equal(0, await disk.Ability<IDiscard>()!.DiscardAsync(8 << 20, 1 << 20, WriteOptions.None));
            return await disk.FlushAsync();
        });
        written.AsSpan(1 << 20, 64 << 10).Clear();
        Assert.True(File.ReadAllBytes(image).AsSpan(1 << 20, written.Length).SequenceEqual(written));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Nbdkit_is_reached_by_tcp(IoEngineKind kind)
    {
        int port = LiveServer.FreePort();
        using LiveServer server = LiveServer.NbdkitOnPort(_files, port, "memory", $"{Size}");
        With(kind, $"127.0.0.1:{port}", RoundTripAsync);
    }

    [SkippableTheory]
    [InlineData("--mask-handshake=0", "memory", "16M")]
    [InlineData("--filter=nozero", "memory", "16M", "zeromode=none")]
    [InlineData("--filter=blocksize-policy", "memory", "16M", "blocksize-minimum=4096", "blocksize-maximum=65536", "blocksize-error-policy=error")]
    public void Servers_of_every_style_and_ability_do(params string[] arguments)
    {
        using LiveServer server = LiveServer.Nbdkit(_files, Socket, arguments);
        With(IoEngineKind.LibAio, Socket, RoundTripAsync);
    }

    // What else oldstyle nbdkit 1.32 offers it refuses.
    [SkippableTheory]
    [InlineData("--newstyle")]
    [InlineData("--oldstyle")]
    public void A_server_that_only_reads_is_only_read(string style)
    {
        using LiveServer server = LiveServer.Nbdkit(_files, Socket, style, "-r", "pattern", "1M");
        Assert.Equal(Errno.EROFS, Assert.Throws<BlockException>(() => With(IoEngineKind.LibAio, Socket, RoundTripAsync)).Errno);
        With(
            IoEngineKind.LibAio,
            Socket,
            async (host, disk) =>
            {
                IoBuffer buffer = host.Rent(512);
                int result = await disk.ReadAsync(4096, buffer);
                Assert.Equal(4096UL, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(buffer.Span));
                return result;
            },
            ImageOptions.ReadOnly);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Nobody_at_the_port_is_ECONNREFUSED(IoEngineKind kind) => Assert.Equal(
        Errno.ECONNREFUSED,
        Assert.Throws<BlockException>(() => With(kind, $"127.0.0.1:{LiveServer.FreePort()}", RoundTripAsync)).Errno);

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_killed_server_is_thrown_to_whoever_waits(IoEngineKind kind)
    {
        LiveServer server = LiveServer.Nbdkit(_files, Socket, "--filter=delay", "memory", "16M", "rdelay=60");
        using (server)
        {
            Assert.Throws<BlockException>(() => With(kind, Socket, async (host, disk) =>
            {
                IoTask<int> read = disk.ReadAsync(0, host.Rent(512));
                await host.Engine.OffloadAsync(host.Scope, () =>
                {
                    server.Dispose();
                    return 0;
                });
                return await read;
            }));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Steady_traffic_allocates_nothing(IoEngineKind kind)
    {
        using LiveServer server = LiveServer.Nbdkit(_files, Socket, "memory", "16M");
        With(kind, Socket, async (host, disk) =>
        {
            var requests = new IoTask<int>[32];
            IoBuffer buffer = host.Rent(requests.Length * 4096);
            int worst = 0;
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 6 && least > Tolerance; attempt++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int round = 0; round < 300; round++)
                {
                    for (int i = 0; i < requests.Length; i++)
                    {
                        IoBuffer part = buffer.Slice(i * 4096, 4096);
                        requests[i] = i % 2 == 0 ? disk.ReadAsync(i * 4096, part) : disk.WriteAsync(i * 4096, part, WriteOptions.None);
                    }
                    foreach (IoTask<int> request in requests)
                        worst = Math.Min(worst, await request);
                }

                // The first attempt fills the pools.
                if (attempt > 0)
                    least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.InRange(least, 0, Tolerance);
            return worst;
        });
    }

    private static async IoTask<int> RoundTripAsync(EngineHost host, IImageDriver disk)
    {
        byte[] written = RandomNumberGenerator.GetBytes(700_000);
        IoBuffer buffer = host.Rent(written.Length);
        written.CopyTo(buffer.Span);
        Assert.Equal(0, await disk.WriteAsync(512, buffer, WriteOptions.Durable));
        Assert.Equal(0, await disk.Ability<IWriteZeroes>()!.WriteZeroesAsync(4096, 400_000, WriteOptions.None));
        Assert.Equal(0, await disk.Ability<IDiscard>()!.DiscardAsync(8 << 20, 1 << 20, WriteOptions.Durable));
        written.AsSpan(4096 - 512, 400_000).Clear();
        buffer.Span.Clear();
        Assert.Equal(0, await disk.ReadAsync(512, buffer));
        Assert.True(buffer.Span.SequenceEqual(written));
        return await disk.FlushAsync();
    }

    private static void With(
        IoEngineKind kind, string server, Func<EngineHost, IImageDriver, IoTask<int>> work, ImageOptions options = ImageOptions.None)
    {
        using EngineHost host = EngineHost.Start(kind);
        Assert.Equal(0, host.Run(async IoTask<int> () =>
        {
            IImageDriver disk = await ImageDriverFactory.OpenAsync(host.Scope, new ImageName("nbd", server), options);
            int result = await work(host, disk);
            int closed = await disk.CloseAsync();
            return result < 0 ? result : closed;
        }));
    }
}
