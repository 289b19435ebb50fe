using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Tests.BlockIo.Engines;
using Tapvisor.Tests.Formats.Vhd;
using Tapvisor.Tests.ImageDrivers.Raw;
using Tapvisor.Tests.VhdUtil;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>VHDs on real engines, next to what vhd-util and QEMU make of the same files.</summary>
public sealed class VhdOnEnginesTests : IDisposable
{
    private const int MiB = 1 << 20;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [InlineData("base.vhd")]
    [InlineData("leaf.vhd", "base.vhd")]
    [InlineData("empty.vhd")]
    [InlineData("fixed.vhd")]
    [InlineData("qemu.vhd")]
    [InlineData("qemu-force.vhd")]
    public void Samples_are_read_as_the_tools_read_them(params string[] names)
    {
        string path = VhdSample.Unpack(_directory, names);
        byte[] file = File.ReadAllBytes(path);
        using EngineHost host = EngineHost.Start(IoEngineKind.LibAio);
        foreach (ImageOptions options in new[] { ImageOptions.ReadOnly, ImageOptions.None, ImageOptions.ReadOnly | ImageOptions.Buffered })
            Assert.True(TestDisk.Read(path).AsSpan().SequenceEqual(ReadAll(host, path, options)));
        Assert.Equal(file, File.ReadAllBytes(path));
    }

    [SkippableFact]
    public void A_raw_parent_is_read_as_far_as_it_reaches()
    {
        string path = VhdSample.Unpack(_directory, "ofraw.vhd");
        byte[] raw = new byte[3 * MiB];
        new Random(1).NextBytes(raw);
        File.WriteAllBytes(_directory.At("raw.img"), raw);
        using EngineHost host = EngineHost.Start(IoEngineKind.LibAio);
        byte[] disk = ReadAll(host, path, ImageOptions.None);
        Assert.True(raw.AsSpan().SequenceEqual(disk.AsSpan(0, raw.Length)));
        Assert.False(disk.AsSpan(raw.Length).ContainsAnyExcept((byte)0));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_chain_holds_what_was_written_and_passes_the_check(IoEngineKind kind)
    {
        string path = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        string snapshot = _directory.At("snapshot.vhd");
        VhdUtilRun.Ok("snapshot", "-n", snapshot, "-p", path);
        byte[] parent = File.ReadAllBytes(path);
        byte[] expected = WriteAtRandom(kind, snapshot, TestDisk.Read(snapshot));
        Assert.True(expected.AsSpan().SequenceEqual(TestDisk.Read(snapshot)));
        VhdUtilRun.Ok("check", "-n", snapshot, "-p");
        Assert.Equal(parent, File.ReadAllBytes(path));
        VhdUtilRun.Ok("coalesce", "-n", snapshot);
        Assert.True(expected.AsSpan().SequenceEqual(TestDisk.Read(path)));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void QEMU_reads_what_was_written(IoEngineKind kind)
    {
        Skip.IfNot(File.Exists("/usr/bin/qemu-img"), "qemu-img is not installed");
        foreach (string options in new[] { "subformat=dynamic", "subformat=dynamic,force_size=on", "subformat=fixed,force_size=on" })
        {
            string path = _directory.At("disk.vhd");
            HostTool.Run("qemu-img", "create", "-q", "-f", "vpc", "-o", options, path, "40M");
            byte[] expected = WriteAtRandom(kind, path, TestDisk.Read(path));
            string raw = _directory.At("disk.raw");
            File.WriteAllBytes(raw, expected);
            HostTool.Run("qemu-img", "compare", "-f", "vpc", "-F", "raw", path, raw);
            File.Delete(path);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_closed_disk_is_as_long_as_its_data_needs(IoEngineKind kind)
    {
        string path = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", path, "-s", "100");
        using EngineHost host = EngineHost.Start(kind);
        With(host, path, ImageOptions.None, async image =>
        {
            IoBuffer buffer = host.Rent(4096);
            buffer.Span.Fill(1);
            return await image.WriteAsync(50 * MiB, buffer, WriteOptions.None);
        });

        // The metadata of a small disk takes less than 4 KiB; the data begins at the next page, after its bitmap.
        Assert.Equal(4096 + (2 * MiB) + 512, new FileInfo(path).Length);
        VhdUtilRun.Ok("check", "-n", path);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void While_it_is_written_to_a_copy_of_it_passes_the_check(IoEngineKind kind)
    {
        string path = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", path, "-s", "100");
        using EngineHost host = EngineHost.Start(kind);
        With(host, path, ImageOptions.None, async image =>
        {
            IoBuffer buffer = host.Rent(4096);
            for (int i = 0; i < 20; i++)
            {
                buffer.Span.Fill((byte)(i + 1));
                Assert.Equal(0, await image.WriteAsync(i * 5 * MiB, buffer, WriteOptions.None));
            }
            File.Copy(path, _directory.At("copy.vhd"));
            return 0;
        });
        VhdUtilRun.Ok("check", "-n", _directory.At("copy.vhd"));
        Assert.True(TestDisk.Read(path).AsSpan().SequenceEqual(TestDisk.Read(_directory.At("copy.vhd"))));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Extents_are_exact(IoEngineKind kind)
    {
        string path = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", path, "-s", "16");
        using EngineHost host = EngineHost.Start(kind);
        With(host, path, ImageOptions.None, async image =>
        {
            IoBuffer buffer = host.Rent(8192);
            Assert.Equal(0, await image.WriteAsync((2 * MiB) - 4096, buffer, WriteOptions.None));
            var extents = new ExtentList(10);
            Assert.Equal(0, await image.Ability<IBlockStatus>()!.BlockStatusAsync(0, 16 * MiB, extents));
            Assert.Equal(3, extents.Count);
            Assert.Equal(new Extent((2 * MiB) - 4096, ExtentStates.Hole | ExtentStates.Zero), extents[0]);
            Assert.Equal(new Extent(8192, ExtentStates.Data), extents[1]);
            Assert.Equal(new Extent((14 * MiB) - 4096, ExtentStates.Hole | ExtentStates.Zero), extents[2]);
            return 0;
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Requests_to_allocated_blocks_allocate_no_managed_memory(IoEngineKind kind)
    {
        string path = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", path, "-s", "16");
        using EngineHost host = EngineHost.Start(kind);
        With(host, path, ImageOptions.None, async image =>
        {
            IoBuffer buffer = host.Rent(8192);
            int result = 0;
            long before = 0;
            for (int i = 0; i < 1000; i++)
            {
                if (i == 500)
                    before = GC.GetAllocatedBytesForCurrentThread();
                long offset = i % 400 * 8192;
                result |= await image.WriteAsync(offset, buffer.Slice(0, 4096), WriteOptions.None);
                result |= await image.ReadAsync(offset, buffer);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allocations.MostOnce);
            return result;
        });
    }

    [SkippableFact]
    public void What_cannot_be_served_is_refused_in_a_sentence()
    {
        VhdSample.Unpack(_directory, "keyed.vhd", "leaf.vhd", "base.vhd", "interrupted.vhd", "ofraw.vhd", "empty.vhd");
        Refuse("keyed.vhd", Errno.EINVAL, "encrypted");
        Refuse("interrupted.vhd", Errno.EINVAL, "disabled");
        Refuse("ofraw.vhd", Errno.ENOENT, "raw.img");
        File.Copy(_directory.At("empty.vhd"), _directory.At("base.vhd"), overwrite: true);
        Refuse("leaf.vhd", Errno.EINVAL, "UUID");
        File.Delete(_directory.At("base.vhd"));
        Refuse("leaf.vhd", Errno.ENOENT, "base.vhd");
        File.WriteAllBytes(_directory.At("base.vhd"), new byte[100_000]);
        Refuse("base.vhd", Errno.EINVAL, "footer");
        File.Copy(_directory.At("leaf.vhd"), _directory.At("base.vhd"), overwrite: true);
        Refuse("base.vhd", Errno.ELOOP, "ancestor");
    }

    [SkippableFact]
    public void A_leaf_is_held_for_itself_and_a_parent_with_others()
    {
        string path = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        string other = _directory.At("other.vhd");
        VhdUtilRun.Ok("snapshot", "-n", other, "-p", _directory.At("base.vhd"));
        using EngineHost host = EngineHost.Start(IoEngineKind.LibAio);
        With(host, path, ImageOptions.None, async _ =>
        {
            IImageDriver second = await OpenAsync(host, other, ImageOptions.None);
            await second.CloseAsync();
            foreach (string held in new[] { path, _directory.At("base.vhd") })
            {
                BlockException error = await RefusalOfAsync(() => OpenAsync(host, held, ImageOptions.None));
                Assert.Equal((Errno.EBUSY, BlockErrorKind.Locked), (error.Errno, error.Kind));
            }
            return 0;
        });
    }

    private static async IoTask<BlockException> RefusalOfAsync(Func<IoTask<IImageDriver>> open)
    {
        try
        {
            await open();
        }
        catch (BlockException e)
        {
            return e;
        }
        throw new InvalidOperationException("It opened.");
    }

    private static IoTask<IImageDriver> OpenAsync(EngineHost host, string path, ImageOptions options) =>
        ImageDriverFactory.OpenAsync(host.Scope, new ImageName("vhd", path), options);

    private static void With(EngineHost host, string path, ImageOptions options, Func<IImageDriver, IoTask<int>> work) =>
        OpenedVhd.Use(host, path, work, options);

    private static byte[] ReadAll(EngineHost host, string path, ImageOptions options)
    {
        byte[] content = [];
        With(host, path, options, async image =>
        {
            content = new byte[image.Info.Length];
            IoBuffer buffer = host.Rent(MiB);
            int result = 0;
            for (int at = 0; at < content.Length && result == 0; at += MiB)
            {
                IoBuffer part = buffer.Slice(0, Math.Min(MiB, content.Length - at));
                result = await image.ReadAsync(at, part);
                part.Span.CopyTo(content.AsSpan(at));
            }
            host.Engine.Buffers.Return(buffer, host.Quota);
            return result;
        });
        return content;
    }

    // Sixteen clients with a stripe of the disk each, cut so that neighbours share sectors and blocks.
    private static byte[] WriteAtRandom(IoEngineKind kind, string path, byte[] expected)
    {
        const int Clients = 16;
        int stripe = (expected.Length / Clients) - 100;
        using EngineHost host = EngineHost.Start(kind);
        With(host, path, ImageOptions.None, async image =>
        {
            List<IoTask<int>> clients = [];
            for (int client = 0; client < Clients; client++)
                clients.Add(ClientAsync(image, client));
            foreach (IoTask<int> client in clients)
                Assert.Equal(0, await client);
            return await image.FlushAsync();
        });
        Assert.True(expected.AsSpan().SequenceEqual(ReadAll(host, path, ImageOptions.ReadOnly)));
        return expected;

        async IoTask<int> ClientAsync(IImageDriver image, int client)
        {
            var random = new Random(client);
            IoBuffer memory = host.Rent(200_000);
            for (int i = 0; i < 20; i++)
            {
                int length = random.Next(1, random.Next(2) == 0 ? 5000 : 195_000);
                int start = (client * stripe) + random.Next(stripe - length);
                IoBuffer part = memory.Slice(random.Next(2) * random.Next(4000), length);
                random.NextBytes(part.Span);
                if (random.Next(8) == 0)
                {
                    part.Span.Clear();
                    Assert.Equal(0, await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(start, length, WriteOptions.None));
                }
                else
                {
                    WriteOptions options = random.Next(4) == 0 ? WriteOptions.Durable : WriteOptions.None;
                    Assert.Equal(0, await image.WriteAsync(start, part, options));
                }
                part.Span.CopyTo(expected.AsSpan(start));
                part.Span.Clear();
                Assert.Equal(0, await image.ReadAsync(start, part));
                Assert.True(part.Span.SequenceEqual(expected.AsSpan(start, length)));
            }
            host.Engine.Buffers.Return(memory, host.Quota);
            return 0;
        }
    }

    private void Refuse(string name, int errno, string reason)
    {
        using EngineHost host = EngineHost.Start(IoEngineKind.LibAio);
        BlockException error = host.Run(() => RefusalOfAsync(() => OpenAsync(host, _directory.At(name), ImageOptions.None)));
        Assert.Equal((name, errno), (name, error.Errno));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
