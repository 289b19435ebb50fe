using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.ImageDrivers.Vhd;
using Tapvisor.Native;
using Tapvisor.Tests.BlockIo.Engines;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>
/// Upstream's vhd-util accepts what is written here after every operation and reads the same data, and the other way round. It is not part
/// of CI, as it needs a program of somebody else's.
/// </summary>
public sealed class UpstreamTests : IDisposable
{
    private const int MiB = 1 << 20;
    private readonly TemporaryDirectory _directory = new();

    private string Disk => _directory.At("disk.vhd");

    private string Leaf => _directory.At("leaf.vhd");

    private string Journal => _directory.At("journal");

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [InlineData("create", "-s", "16")]
    [InlineData("create", "-s", "16", "-S", "2097152")]
    [InlineData("create", "-s", "2088960")]
    public void Upstream_accepts_an_empty_disk(params string[] arguments)
    {
        UpstreamTool.Require();
        VhdUtilRun.Ok([.. arguments, "-n", Disk]);
        Accept(Disk);
    }

    [SkippableFact]
    public void Upstream_accepts_a_fixed_disk_and_its_resizes()
    {
        UpstreamTool.Require();
        VhdUtilRun.Ok("create", "-n", Disk, "-s", "8", "-r");
        UpstreamTool.Ok("check", "-n", Disk);
        foreach (string size in (ReadOnlySpan<string>)["32", "4"])
        {
            VhdUtilRun.Ok("resize", "-n", Disk, "-s", size, "-j", Journal);
            UpstreamTool.Ok("check", "-n", Disk);
            Assert.Equal(size, Text(UpstreamTool.Ok("query", "-v", "-n", Disk)).Trim());
        }
    }

    [SkippableTheory]
    [InlineData("resize", "-s", "18", "-j", "journal")]
    [InlineData("resize", "-s", "300", "-j", "journal")]
    [InlineData("resize", "-s", "40000", "-j", "journal")]
    [InlineData("fill")]
    [InlineData("fill", "-b")]
    [InlineData("fill", "-b", "-f", "4096", "-t", "9000")]
    [InlineData("set", "-f", "hidden", "-v", "1")]
    [InlineData("set", "-f", "marker", "-v", "7")]
    [InlineData("repair")]
    [InlineData("repair", "-b")]
    [InlineData("modify", "-s", "9437184")]
    public void Upstream_accepts_a_written_disk_after(params string[] arguments)
    {
        UpstreamTool.Require();
        byte[] before = CreateWritten();
        VhdUtilRun.Ok([.. arguments.Select(a => a == "journal" ? Journal : a), "-n", Disk]);
        Assert.True(before.AsSpan().SequenceEqual(Accept(Disk).AsSpan(0, before.Length)), "The data changed.");
    }

    [SkippableTheory]
    [InlineData("resize", "-s", "40", "-f")]
    [InlineData("resize", "-s", "9000", "-j", "journal")]
    [InlineData("fill")]
    [InlineData("modify", "-p", "moved.vhd")]
    [InlineData("coalesce")]
    [InlineData("coalesce", "-s")]
    public void Upstream_accepts_a_chain_after(params string[] arguments)
    {
        UpstreamTool.Require();
        CreateWritten();
        VhdUtilRun.Ok("snapshot", "-n", Leaf, "-p", Disk, "-S", "64");
        Accept(Leaf);
        TestDisk.Write(Leaf, "leaf", 100, 7000);
        TestDisk.Write(Leaf, "leaf", 30000, 10);
        byte[] before = TestDisk.Read(Leaf);
        string parent = Disk;
        if (arguments.Contains("moved.vhd"))
            File.Move(Disk, parent = _directory.At("moved.vhd"));
        VhdUtilRun.Ok([.. arguments.Select(a => a is "journal" or "moved.vhd" ? _directory.At(a) : a), "-n", Leaf]);
        Assert.True(before.AsSpan().SequenceEqual(Accept(Leaf).AsSpan(0, before.Length)), "The leaf's data changed.");
        byte[] below = Accept(parent);
        if (arguments[0] == "coalesce")
            Assert.True(before.AsSpan().SequenceEqual(below), "The parent does not show what the leaf shows.");
    }

    [SkippableFact]
    public void Upstream_accepts_a_leaf_that_was_coalesced_and_dropped()
    {
        UpstreamTool.Require();
        CreateWritten();
        string middle = _directory.At("middle.vhd");
        VhdUtilRun.Ok("snapshot", "-n", middle, "-p", Disk);
        TestDisk.Write(middle, "middle", 5000, 4000);
        VhdUtilRun.Ok("snapshot", "-n", Leaf, "-p", middle);
        TestDisk.Write(Leaf, "leaf", 8000, 2000);
        byte[] before = TestDisk.Read(Leaf);
        VhdUtilRun.Ok("coalesce", "-n", middle);
        VhdUtilRun.Ok("modify", "-n", Leaf, "-p", Disk);
        File.Delete(middle);
        Assert.True(before.AsSpan().SequenceEqual(Accept(Leaf)));
        VhdUtilRun.Ok("coalesce", "-n", Leaf);
        File.Move(Disk, Leaf, overwrite: true);
        Assert.True(before.AsSpan().SequenceEqual(Accept(Leaf)));
    }

    [SkippableFact]
    public void Upstream_accepts_a_disk_over_a_raw_one()
    {
        UpstreamTool.Require();
        string raw = _directory.At("disk.raw");
        File.WriteAllBytes(raw, RandomNumberGenerator.GetBytes(6 * MiB));
        VhdUtilRun.Ok("snapshot", "-n", Leaf, "-p", raw, "-m");
        TestDisk.Write(Leaf, "leaf", 4000, 500);
        Accept(Leaf);
        VhdUtilRun.Ok("coalesce", "-n", Leaf);
        Assert.True(Accept(Leaf).AsSpan().SequenceEqual(File.ReadAllBytes(raw)));
    }

    [SkippableFact]
    public void Upstream_accepts_a_copy_and_a_disk_whose_data_was_dropped()
    {
        UpstreamTool.Require();
        byte[] before = CreateWritten();
        VhdUtilRun.Ok("copy", "-n", Disk, "-N", _directory.At("copy.vhd"));
        Assert.True(before.AsSpan().SequenceEqual(Accept(_directory.At("copy.vhd"))));
        VhdUtilRun.Ok("modify", "-n", Disk, "-z");
        Assert.False(Accept(Disk).AsSpan().ContainsAnyExcept((byte)0));
    }

    [SkippableTheory]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_BEGIN")]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_DATA_MOVED")]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_METADATA_MOVED")]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_END")]
    public void Either_undoes_a_resize_that_the_other_began(string point)
    {
        UpstreamTool.Require();
        byte[] before = CreateWritten();
        VhdUtilRun.Of(["resize", "-n", Disk, "-s", "40000", "-j", Journal], point, null);
        UpstreamTool.Ok("revert", "-n", Disk, "-j", Journal);
        Assert.True(before.AsSpan().SequenceEqual(Accept(Disk)));
        Environment.SetEnvironmentVariable(point, "1");
        UpstreamTool.Run("resize", "-n", Disk, "-s", "40000", "-j", Journal);
        Environment.SetEnvironmentVariable(point, null);
        VhdUtilRun.Ok("revert", "-n", Disk, "-j", Journal);
        Assert.True(before.AsSpan().SequenceEqual(Accept(Disk)));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Upstream_accepts_what_the_driver_wrote(bool isDifferencing)
    {
        UpstreamTool.Require();
        CreateWritten();
        string path = Disk;
        if (isDifferencing)
            VhdUtilRun.Ok("snapshot", "-n", path = Leaf, "-p", Disk);
        byte[] expected = TestDisk.Read(path);
        var random = new Random(7);
        WithDriver(path, null, async (host, image) =>
        {
            IoBuffer buffer = host.Rent(3 * MiB);
            for (int i = 0; i < 40; i++)
            {
                int length = random.Next(1, i % 8 == 0 ? 6000 : 60) * 512;
                int at = random.Next((expected.Length - length) / 512) * 512;
                random.NextBytes(buffer.Span[..length]);
                buffer.Span[..length].CopyTo(expected.AsSpan(at));
                Assert.Equal(0, await image.WriteAsync(at, buffer.Slice(0, length), WriteOptions.None));
            }
            expected.AsSpan(MiB, 5 * MiB).Clear();
            return await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(MiB, 5 * MiB, WriteOptions.None);
        });
        Assert.True(expected.AsSpan().SequenceEqual(Accept(path)));
    }

    [SkippableTheory]
    [InlineData("create -s 16 -n disk.vhd")]
    [InlineData("create -s 16 -S 4096 -n disk.vhd", "resize -s 100 -f -n disk.vhd")]
    [InlineData("resize -s 40000 -j journal -n written.vhd")]
    [InlineData("fill -n written.vhd")]
    [InlineData("set -f hidden -v 1 -n written.vhd")]
    [InlineData("repair -n written.vhd")]
    [InlineData("snapshot -n leaf.vhd -p written.vhd", "snapshot -e -n top.vhd -p leaf.vhd")]
    [InlineData("snapshot -n leaf.vhd -p written.vhd", "fill -n leaf.vhd", "coalesce -n leaf.vhd")]
    [InlineData("copy -n written.vhd -N disk.vhd")]
    [InlineData("modify -z -n written.vhd")]
    public void What_upstream_writes_is_accepted_and_read_as_upstream_does(params string[] steps)
    {
        UpstreamTool.Require();
        CreateWritten();
        File.Move(Disk, _directory.At("written.vhd"));
        foreach (string step in steps)
            UpstreamTool.Ok([.. step.Split(' ').Select(a => a.EndsWith(".vhd", StringComparison.Ordinal) || a == "journal" ? _directory.At(a) : a)]);
        foreach (string path in Directory.GetFiles(_directory.Path, "*.vhd"))
        {
            VhdUtilRun.Ok("check", "-b", "-n", path);
            Accept(path);
        }
    }

    [SkippableTheory]
    [InlineData(256)]
    [InlineData(512)]
    public void What_upstream_encrypts_is_decrypted_and_the_other_way_round(int bits)
    {
        UpstreamTool.Require();
        byte[] plain = CreateWritten();
        byte[] key = RandomNumberGenerator.GetBytes(bits / 8);
        string KeyFor(string disk)
        {
            string path = _directory.At($"{disk},aes-xts-plain,{bits}.key");
            File.WriteAllBytes(path, key);
            return path;
        }

        string keyFile = KeyFor("secret");
        string theirs = _directory.At("theirs.vhd");
        string ours = _directory.At("ours.vhd");
        UpstreamTool.Ok("copy", "-n", Disk, "-N", theirs, "-k", keyFile);
        VhdUtilRun.Ok("copy", "-n", Disk, "-N", ours, "-k", keyFile);
        UpstreamTool.Ok("check", "-n", ours);
        VhdUtilRun.Ok("check", "-n", theirs);

        // A key's file is named after the disk's.
        UpstreamTool.Ok("key", "-c", "-n", ours, "-k", KeyFor("ours"));
        VhdUtilRun.Ok("key", "-c", "-n", theirs, "-k", KeyFor("theirs"));
        byte[] sealedByThem = UpstreamTool.Read(theirs, plain.Length / 512);
        byte[] sealedByUs = UpstreamTool.Read(ours, plain.Length / 512);
        for (int sector = 0; sector < plain.Length / 512; sector++)
        {
            // Where there is nothing, upstream stores an unencrypted zero sector; here it stays unallocated.
            if (plain.AsSpan(sector * 512, 512).ContainsAnyExcept((byte)0))
                Assert.True(sealedByThem.AsSpan(sector * 512, 512).SequenceEqual(sealedByUs.AsSpan(sector * 512, 512)), $"sector {sector}");
        }
        using SecretMemory secret = new(key);
        WithDriver(theirs, secret, async (host, image) =>
        {
            IoBuffer buffer = host.Rent(512 * 512);
            Assert.Equal(0, await image.ReadAsync(4090 * 512, buffer));
            Assert.True(plain.AsSpan(4090 * 512, buffer.Length).SequenceEqual(buffer.Span));
            return 0;
        });
    }

    /// <summary>Upstream finds nothing wrong and reads what is read here.</summary>
    /// <returns>The data.</returns>
    private static byte[] Accept(string path)
    {
        Assert.Equal($"{path} is valid\n", Text(UpstreamTool.Ok("check", "-n", path)));
        Assert.Equal(VhdUtilRun.Ok("query", "-vsfmdaS", "-n", path), Text(UpstreamTool.Ok("query", "-vsfmdaS", "-n", path)));
        long size = long.Parse(VhdUtilRun.Ok("query", "-v", "-n", path), CultureInfo.InvariantCulture) << 20;
        if (size > 512L << 20)
        {
            // Of a large one, what may have been written.
            byte[] beginning = UpstreamTool.Read(path, 32768);
            Assert.True(beginning.AsSpan().SequenceEqual(VhdUtilRun.Of("read", "-r", "0", "-c", "32768", "-n", path).Bytes));
            return beginning;
        }
        byte[] data = UpstreamTool.Read(path, (int)(size / 512));
        Assert.True(data.AsSpan().SequenceEqual(TestDisk.Read(path)), $"'{path}' is read in two ways.");
        return data;
    }

    private byte[] CreateWritten()
    {
        VhdUtilRun.Ok("create", "-n", Disk, "-s", "16");
        TestDisk.Write(Disk, "disk", 0, 1);
        TestDisk.Write(Disk, "disk", 4090, 4200);
        TestDisk.Write(Disk, "disk", 32767, 1);
        Accept(Disk);
        return TestDisk.Read(Disk);
    }

    private static string Text(byte[] output) => Encoding.UTF8.GetString(output);

    private static void WithDriver(string path, SecretMemory? key, Func<EngineHost, IImageDriver, IoTask<int>> work)
    {
        using EngineHost host = EngineHost.Start(IoEngineKind.LibAio);
        Assert.Equal(0, host.Run(async IoTask<int> () =>
        {
            IImageDriver image = await new VhdOpening(host.Scope, (child, _) => Path.Combine(Path.GetDirectoryName(child)!, "disk.vhd"), new VhdTuning(), new ImageKeys(key, KeyDirectories.None))
                .OpenAsync(path, ImageOptions.None, null);
            int result = await work(host, image);
            int closed = await image.CloseAsync();
            return result < 0 ? result : closed;
        }));
    }
}
