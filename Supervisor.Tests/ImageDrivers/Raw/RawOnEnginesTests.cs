using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Tests.BlockIo.Engines;

namespace Tapvisor.Tests.ImageDrivers.Raw;

/// <summary>The raw driver on the real engines, real files and, for root, real block devices.</summary>
public sealed class RawOnEnginesTests
{
    private const int Size = 4 << 20;
    private static readonly ImageOptions[] s_ways = [ImageOptions.None, ImageOptions.Buffered];

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_file_holds_what_was_written_at_any_offset(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        foreach (ImageOptions options in s_ways)
        {
            string path = host.NewFile($"{options}", new byte[Size]);
            Assert.Equal(WriteAtRandom(host, path, options), File.ReadAllBytes(path));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Zeroed_and_discarded_ranges_become_holes_and_the_rest_stays(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        byte[] expected = ImageFixture.Pattern(Size, 9);
        string path = host.NewFile("disk", expected);
        var extents = new ExtentList(16);
        With(host, path, ImageOptions.None, async image =>
        {
            Assert.Equal(0, await image.FlushAsync());
            Assert.Equal(0, await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(1 << 20, 1 << 20, WriteOptions.Durable));
            Assert.Equal(0, await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(100, 5000, WriteOptions.NoHole));
            Assert.Equal(0, await image.Ability<IDiscard>()!.DiscardAsync(3 << 20, 1 << 19, WriteOptions.None));
            Assert.Equal(0, await image.Ability<IBlockStatus>()!.BlockStatusAsync(1 << 20, 2 << 20, extents));
            return 0;
        });
        expected.AsSpan(1 << 20, 1 << 20).Clear();
        expected.AsSpan(100, 5000).Clear();
        expected.AsSpan(3 << 20, 1 << 19).Clear();
        Assert.Equal(expected, File.ReadAllBytes(path));

        // A file system without holes says it is all data.
        Skip.If(extents[0].State == ExtentStates.Data, "the file system of the temporary directory has no holes");
        Assert.Equal(new Extent(1 << 20, ExtentStates.Hole | ExtentStates.Zero), extents[0]);
        Assert.Equal(new Extent(1 << 20, ExtentStates.Data), extents[1]);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Reading_behind_a_cut_is_an_error(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("disk", new byte[Size]);
        With(host, path, ImageOptions.None, async image =>
        {
            using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            file.SetLength(4096);
            IoBuffer buffer = host.Rent(8192);
            Assert.Equal(-Errno.EIO, await image.ReadAsync(0, buffer));
            return 0;
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_second_writer_is_told_who_holds_the_image(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("disk", new byte[Size]);
        string holder = $"this process ({Environment.ProcessId})";
        With(host, path, ImageOptions.None, _ => RefuseAsync(host, path, ImageOptions.ReadOnly, Errno.EBUSY, holder));
        With(host, path, ImageOptions.None, image => image.FlushAsync());
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_is_no_disk_is_refused_with_its_path(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string fifo = host.PathOf("fifo");
        HostTool.Run("mkfifo", fifo);
        foreach ((string path, int errno, string reason) in new[]
                 {
                     (host.PathOf("missing"), Errno.ENOENT, "missing"),
                     (host.PathOf("."), Errno.EISDIR, "."),
                     (host.NewFile("empty", []), Errno.EINVAL, "is empty"),
                     (host.NewFile("odd", new byte[1000]), Errno.EINVAL, "1000 bytes"),
                     (fifo, Errno.EINVAL, "fifo"),
                     ("/dev/null", Errno.EINVAL, "/dev/null"),
                     (host.PathOf("odd") + "/below", Errno.ENOTDIR, "below"),
                     ("/" + new string('a', 300), Errno.ENAMETOOLONG, "aaa"),
                     ("/" + string.Join('/', Enumerable.Repeat("a", 4000)), Errno.ENAMETOOLONG, "a/a"),
                 })
        {
            host.Run(() => RefuseAsync(host, path, ImageOptions.None, errno, reason));
            host.Run(() => RefuseAsync(host, path, ImageOptions.ReadOnly, errno, reason));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_file_without_permission_is_refused(IoEngineKind kind)
    {
        Skip.If(Environment.IsPrivilegedProcess, "root may read and write everything");
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("disk", new byte[Size]);
        HostTool.Run("chmod", "0400", path);
        host.Run(() => RefuseAsync(host, path, ImageOptions.None, Errno.EACCES, path));
        With(host, path, ImageOptions.ReadOnly, image => image.FlushAsync());
        HostTool.Run("chmod", "0000", path);
        host.Run(() => RefuseAsync(host, path, ImageOptions.ReadOnly, Errno.EACCES, path));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_4Kn_device_holds_what_was_written_at_any_offset(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("backing", new byte[Size]);
        using LoopDevice device = LoopDevice.Attach(path, "--sector-size", "4096", "--direct-io=off");
        foreach (ImageOptions options in s_ways)
        {
            With(host, device.Path, options, image =>
            {
                Assert.Equal(new ImageInfo(Size, 4096, 1, IsReadOnly: false), image.Info);
                return image.FlushAsync();
            });
            Assert.Equal(WriteAtRandom(host, device.Path, options), File.ReadAllBytes(path));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_device_zeroes_and_discards(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        byte[] expected = ImageFixture.Pattern(Size, 9);
        string path = host.NewFile("backing", expected);
        using LoopDevice device = LoopDevice.Attach(path);
        foreach (ImageOptions options in s_ways)
        {
            With(host, device.Path, options, async image =>
            {
                Assert.Equal(0, await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(1000, 1 << 20, WriteOptions.None));
                Assert.Equal(0, await image.Ability<IWriteZeroes>()!.WriteZeroesAsync((2 << 20) + 1, 100_000, WriteOptions.NoHole));
                return await image.Ability<IDiscard>()!.DiscardAsync(3 << 20, 1 << 20, WriteOptions.Durable);
            });
            expected.AsSpan(1000, 1 << 20).Clear();
            expected.AsSpan((2 << 20) + 1, 100_000).Clear();
            Assert.Equal(expected[..(3 << 20)], File.ReadAllBytes(path)[..(3 << 20)]);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_read_only_device_opens_for_reading_only(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        using LoopDevice device = LoopDevice.Attach(host.NewFile("backing", new byte[Size]), "--read-only");
        With(host, device.Path, ImageOptions.ReadOnly, image => image.FlushAsync());
        var error = Assert.Throws<BlockException>(() => With(host, device.Path, ImageOptions.None, image => image.FlushAsync()));
        Assert.Contains(error.Errno, new[] { Errno.EACCES, Errno.EROFS });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Requests_allocate_nothing_once_warm(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("disk", new byte[Size]);
        With(host, path, ImageOptions.None, async image =>
        {
            IoBuffer buffer = host.Rent(8192);
            int result = 0;
            long before = 0;
            for (int i = 0; i < 1000; i++)
            {
                if (i == 500)
                    before = GC.GetAllocatedBytesForCurrentThread();
                result |= await image.WriteAsync(i * 4096, buffer.Slice(0, 4096), WriteOptions.None);
                result |= await image.ReadAsync(i * 4096, buffer.Slice(0, 4096));
                result |= await image.WriteAsync((i * 4096) + 100, buffer.Slice(1, 700), WriteOptions.None);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.MostOnce);
            return result;
        });
    }

    // Sixteen clients with a stripe of the disk each, cut so that neighbours share sectors.
    private static byte[] WriteAtRandom(EngineHost host, string path, ImageOptions options)
    {
        const int Clients = 16;
        const int Stripe = (Size / Clients) - 100;
        byte[] expected = File.ReadAllBytes(path);
        With(host, path, options, async image =>
        {
            List<IoTask<int>> clients = [];
            for (int client = 0; client < Clients; client++)
                clients.Add(ClientAsync(image, client));
            foreach (IoTask<int> client in clients)
                Assert.Equal(0, await client);
            return await image.FlushAsync();
        });
        return expected;

        async IoTask<int> ClientAsync(IImageDriver image, int client)
        {
            var random = new Random(client);
            IoBuffer memory = host.Rent(70_000);
            for (int i = 0; i < 30; i++)
            {
                int length = random.Next(1, random.Next(2) == 0 ? 600 : 65_000);
                int start = (client * Stripe) + random.Next(Stripe - length);
                IoBuffer part = memory.Slice(random.Next(2) * random.Next(4000), length);
                random.NextBytes(part.Span);
                part.Span.CopyTo(expected.AsSpan(start));
                int result = await image.WriteAsync(start, part, random.Next(4) == 0 ? WriteOptions.Durable : WriteOptions.None);
                part.Span.Clear();
                result |= await image.ReadAsync(start, part);
                if (result != 0 || !part.Span.SequenceEqual(expected.AsSpan(start, length)))
                    return -Errno.EIO;
            }
            host.Engine.Buffers.Return(memory, host.Quota);
            return 0;
        }
    }

    private static void With(EngineHost host, string path, ImageOptions options, Func<IImageDriver, IoTask<int>> work) =>
        Assert.Equal(0, host.Run(async IoTask<int> () =>
        {
            IImageDriver image = await ImageDriverFactory.OpenAsync(host.Scope, new ImageName("aio", path), options);
            try
            {
                return await work(image);
            }
            finally
            {
                await image.CloseAsync();
            }
        }));

    private static async IoTask<int> RefuseAsync(EngineHost host, string path, ImageOptions options, int errno, string reason)
    {
        try
        {
            IImageDriver image = await ImageDriverFactory.OpenAsync(host.Scope, new ImageName("aio", path), options);
            await image.CloseAsync();
        }
        catch (BlockException e)
        {
            Assert.Equal((errno, path), (e.Errno, path));
            Assert.Contains(reason, e.Message, StringComparison.Ordinal);
            return 0;
        }
        Assert.Fail($"'{path}' opened.");
        return 0;
    }
}
