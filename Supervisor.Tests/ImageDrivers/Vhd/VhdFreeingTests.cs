using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;
using Tapvisor.ImageDrivers;
using Tapvisor.Tests.BlockIo.Engines;
using Tapvisor.Tests.Formats.Vhd;
using Tapvisor.Tests.VhdUtil;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>Blocks that are not needed any more leave their places, and others come there.</summary>
public sealed class VhdFreeingTests : IDisposable
{
    private const int MiB = 1 << 20;
    private const int Block = 2 * MiB;
    private readonly TemporaryDirectory _directory = new();
    private readonly EngineHost _host = EngineHost.Start(IoEngineKind.LibAio);

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whole_blocks_leave_their_places_and_others_come_there(bool zero)
    {
        string path = Create();
        Use(path, async image =>
        {
            for (int block = 0; block < 6; block++)
                Assert.Equal(0, await FillAsync(image, block * Block, Block, 1));
            Assert.Equal(0, await FreeAsync(image, Block / 2, 4 * Block, zero));

            // Three whole ones: 1, 2 and 3.
            for (int round = 0; round < 20; round++)
            {
                Assert.Equal(0, await FreeAsync(image, 6 * Block, 3 * Block, zero));
                for (int block = 6; block < 9; block++)
                    Assert.Equal(0, await FillAsync(image, block * Block, Block, 2));
            }
            return 0;
        });
        Assert.Equal([0, 4, 5, 6, 7, 8], AllocatedBlocks(path));

        // Most of those 60 new blocks found room that was ready at the end, or that others had left: how many depends on the storage's syncs.
        Assert.InRange(new FileInfo(path).Length, 6 * Block, 40 * Block);
        byte[] disk = TestDisk.Read(path);
        AssertAll(disk, Block, 3 * Block, 0);
        AssertAll(disk, 6 * Block, 3 * Block, 2);
        AssertAll(disk, 5 * Block, Block, 1);
        VhdUtilRun.Ok("check", "-n", path);
    }

    [SkippableFact]
    public void Room_that_an_earlier_process_left_between_blocks_is_used()
    {
        string path = Create();
        Use(path, async image =>
        {
            for (int block = 0; block < 5; block++)
                Assert.Equal(0, await FillAsync(image, block * Block, Block, 1));
            return await FreeAsync(image, Block, 2 * Block, zero: true);
        });
        long length = new FileInfo(path).Length;
        Use(path, async image =>
        {
            Assert.Equal(0, await FillAsync(image, 10 * Block, 4096, 3));
            return await FillAsync(image, (11 * Block) + 4096, 4096, 3);
        });
        Assert.Equal(length, new FileInfo(path).Length);
        byte[] disk = TestDisk.Read(path);
        AssertAll(disk, 10 * Block, 4096, 3);
        AssertAll(disk, (10 * Block) + 4096, Block, 0);
        AssertAll(disk, 3 * Block, 2 * Block, 1);
        VhdUtilRun.Ok("check", "-n", path);
    }

    [SkippableFact]
    public void A_file_whose_last_blocks_left_is_cut()
    {
        string path = Create();
        long empty = new FileInfo(path).Length;
        Use(path, async image =>
        {
            Assert.Equal(0, await FillAsync(image, 0, 10 * Block, 1));
            return await FreeAsync(image, 0, image.Info.Length, zero: false);
        });
        Assert.Equal(empty, new FileInfo(path).Length);
        VhdUtilRun.Ok("check", "-n", path);
    }

    [SkippableFact]
    public void A_parent_never_shows_through_what_was_zeroed()
    {
        string parent = VhdSample.Unpack(_directory, "base.vhd");
        string path = _directory.At("child.vhd");
        VhdUtilRun.Ok("snapshot", "-n", path, "-p", parent);
        byte[] expected = TestDisk.Read(parent);
        Use(path, async image =>
        {
            // base.vhd has nothing from sector 8194 on, and data in blocks 0 and 1.
            Assert.Equal(0, await FillAsync(image, 0, 4 * Block, 7));
            return await FreeAsync(image, 0, 4 * Block, zero: true);
        });
        expected.AsSpan(0, 4 * Block).Clear();
        Assert.True(expected.AsSpan().SequenceEqual(TestDisk.Read(path)));
        Assert.Equal([0, 1, 2], AllocatedBlocks(path));
        VhdUtilRun.Ok("check", "-n", path, "-p");
    }

    [SkippableFact]
    public void Zeroes_over_a_parents_data_are_bits_and_no_data()
    {
        string parent = VhdSample.Unpack(_directory, "base.vhd");
        string path = _directory.At("child.vhd");
        VhdUtilRun.Ok("snapshot", "-n", path, "-p", parent);
        byte[] expected = TestDisk.Read(parent);
        Use(path, image => image.Ability<IWriteZeroes>()!.WriteZeroesAsync(1024, Block, WriteOptions.Fast));
        expected.AsSpan(1024, Block).Clear();
        Assert.True(expected.AsSpan().SequenceEqual(TestDisk.Read(path)));
        VhdUtilRun.Ok("check", "-n", path, "-p");
    }

    [SkippableFact]
    public void A_block_that_the_batmap_calls_full_stays_and_is_zero()
    {
        string path = Create();
        string child = _directory.At("child.vhd");
        VhdUtilRun.Ok("snapshot", "-e", "-n", child, "-p", path);
        Use(child, image => FillAsync(image, 0, Block, 1));
        VhdUtilRun.Ok("coalesce", "-n", child);
        using (VhdMetadata metadata = LoadedVhd.Of(File.ReadAllBytes(path)))
            Assert.True(metadata.Batmap!.IsFull(0));
        Use(path, image => FreeAsync(image, 0, Block, zero: true));
        Assert.Equal([0], AllocatedBlocks(path));
        AssertAll(TestDisk.Read(path), 0, Block, 0);
        VhdUtilRun.Ok("check", "-n", path);
    }

    [SkippableFact]
    public void Of_an_encrypted_disk_whole_blocks_leave_and_the_rest_is_encrypted_zeroes()
    {
        string path = VhdSample.Unpack(_directory, "crypt256.vhd");
        byte[] key = VhdSample.Crypt256Key;
        OpenedVhd.Use(_host, path, async image =>
        {
            Assert.Equal(0, await FillAsync(image, 0, 8 * Block, 5));
            Assert.Equal(0, await FreeAsync(image, Block / 2, 3 * Block, zero: true));
            Assert.True(await IsAllAsync(image, Block / 2, 3 * Block, 0));
            Assert.True(await IsAllAsync(image, 0, Block / 2, 5));
            return await FillAsync(image, Block, 4096, 6);
        }, key: key);
        OpenedVhd.Use(_host, path, async image =>
        {
            Assert.True(await IsAllAsync(image, Block / 2, Block / 2, 0));
            Assert.True(await IsAllAsync(image, Block, 4096, 6));
            Assert.True(await IsAllAsync(image, Block + 4096, (2 * Block) + (Block / 2) - 4096, 0));
            return 0;
        }, key: key);
        VhdUtilRun.Ok("check", "-n", path);
    }

    private string Create()
    {
        string path = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", path, "-s", "64");
        return path;
    }

    private void Use(string path, Func<IImageDriver, IoTask<int>> work) => OpenedVhd.Use(_host, path, work);

    private async IoTask<int> FillAsync(IImageDriver image, long offset, int length, byte value)
    {
        IoBuffer buffer = _host.Rent(Math.Min(length, MiB));
        buffer.Span.Fill(value);
        int result = 0;
        for (int done = 0; done < length && result == 0; done += buffer.Length)
            result = await image.WriteAsync(offset + done, buffer.Slice(0, Math.Min(buffer.Length, length - done)), WriteOptions.None);
        _host.Engine.Buffers.Return(buffer, _host.Quota);
        return result;
    }

    private async IoTask<bool> IsAllAsync(IImageDriver image, long offset, int length, byte value)
    {
        IoBuffer buffer = _host.Rent(MiB);
        bool isAll = true;
        for (int done = 0; done < length; done += buffer.Length)
        {
            IoBuffer part = buffer.Slice(0, Math.Min(buffer.Length, length - done));
            Assert.Equal(0, await image.ReadAsync(offset + done, part));
            isAll &= !part.Span.ContainsAnyExcept(value);
        }
        _host.Engine.Buffers.Return(buffer, _host.Quota);
        return isAll;
    }

    private static IoTask<int> FreeAsync(IImageDriver image, long offset, long length, bool zero) => zero
        ? image.Ability<IWriteZeroes>()!.WriteZeroesAsync(offset, length, WriteOptions.None)
        : image.Ability<IDiscard>()!.DiscardAsync(offset, length, WriteOptions.None);

    private static IEnumerable<int> AllocatedBlocks(string path)
    {
        using VhdMetadata metadata = LoadedVhd.Of(File.ReadAllBytes(path));
        BlockAllocationTable bat = metadata.RequireBat();
        return [.. Enumerable.Range(0, bat.Count).Where(bat.IsAllocated)];
    }

    private static void AssertAll(byte[] disk, int offset, int length, byte value) =>
        Assert.False(disk.AsSpan(offset, length).ContainsAnyExcept(value));
}
