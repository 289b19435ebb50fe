using Tapvisor.Formats.Vhd;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>Images that upstream and QEMU made.</summary>
public sealed class PeerSampleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("empty.vhd", "dynamic")]
    [InlineData("keyed.vhd", "dynamic")]
    [InlineData("ofraw.vhd", "differencing")]
    public void What_is_created_is_byte_for_byte_upstreams(string name, string type)
    {
        byte[] theirs = File.ReadAllBytes(VhdSample.Unpack(_directory, name));
        using VhdMetadata metadata = LoadedVhd.Of(theirs);
        byte[] ours = LoadedVhd.New(new VhdSpecification(metadata.VirtualSize, metadata.Footer.Uuid, metadata.Footer.Timestamp)
        {
            KeyHash = metadata.BatmapHeader!.KeyHash,
            Parent = type == "differencing" ? new ParentLink("./raw.img", metadata.Header.ParentUuid, metadata.Header.ParentTimestamp)
                : null,
        });
        Assert.Equal(theirs, ours);
    }

    [Fact]
    public void A_fixed_disk_is_byte_for_byte_upstreams()
    {
        byte[] theirs = File.ReadAllBytes(VhdSample.Unpack(_directory, "fixed.vhd"));
        VhdFooter footer = new(theirs.AsSpan(4 << 20));
        Tapvisor.VhdUtil.Images.VhdCreator.CreateFixed(_directory.At("ours.vhd"), 4 << 20, footer.Uuid, footer.Timestamp);
        Assert.Equal(theirs, File.ReadAllBytes(_directory.At("ours.vhd")));
    }

    [Fact]
    public void Upstreams_chain_reads_as_it_was_written()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        byte[] disk = TestDisk.Read(leaf);
        foreach (int sector in (int[])[0, 2, 4095, 5000])
            Assert.Equal(VhdSample.Sector("base", sector), TestDisk.Sector(disk, sector));
        foreach (int sector in (int[])[1, 5001, 5010, 20480, 20579])
            Assert.Equal(VhdSample.Sector("leaf", sector), TestDisk.Sector(disk, sector));
        foreach (int sector in (int[])[4096, 4999, 5011, 20479, 20580, 32767])
            Assert.Equal(new byte[512], TestDisk.Sector(disk, sector));
    }

    [Fact]
    public void Upstreams_images_are_valid()
    {
        VhdSample.Unpack(_directory, "empty.vhd", "base.vhd", "leaf.vhd", "keyed.vhd");
        foreach (string name in (string[])["empty.vhd", "base.vhd", "leaf.vhd", "keyed.vhd"])
            Assert.Equal($"{_directory.At(name)} is valid\n", VhdUtilRun.Ok("check", "-b", "-n", _directory.At(name)));
    }

    [Theory]
    [InlineData("qemu.vhd", 40 * 1024 * 1024 + 20480)]
    [InlineData("qemu-force.vhd", 40 * 1024 * 1024)]
    public void QEMUs_images_have_their_size(string name, long atMost)
    {
        string path = VhdSample.Unpack(_directory, name);
        using VhdMetadata metadata = LoadedVhd.Of(File.ReadAllBytes(path), VhdLoadOptions.All | VhdLoadOptions.Strict);
        Assert.InRange((long)metadata.VirtualSize, 40L << 20, atMost);
        Assert.Null(metadata.Batmap);
        VhdUtilRun.Ok("query", "-vspfmda", "-n", path);
    }

    [Fact]
    public void A_resize_that_upstream_left_unfinished_is_undone()
    {
        string path = VhdSample.Unpack(_directory, "interrupted.vhd", "interrupted.journal");
        Assert.Equal(22, VhdUtilRun.Of("check", "-n", path).ExitCode);
        Assert.Equal("", VhdUtilRun.Ok("revert", "-n", path, "-j", _directory.At("interrupted.journal")));
        Assert.False(File.Exists(_directory.At("interrupted.journal")));
        VhdUtilRun.Ok("check", "-n", path);
        Assert.Equal("16\n", VhdUtilRun.Ok("query", "-v", "-n", path));
        Assert.Equal(VhdSample.Sector("int", 8), TestDisk.Sector(TestDisk.Read(path), 8));
    }

    [Fact]
    public void The_key_hash_is_read()
    {
        string path = VhdSample.Unpack(_directory, "keyed.vhd");
        Assert.Equal($"{new string('0', 64)} d2c869a3c26a690aa6ab9f82dcdce9f2006a7e4741ada1bf87795a66e756d651\n",
            VhdUtilRun.Ok("key", "-p", "-n", path));
    }
}
