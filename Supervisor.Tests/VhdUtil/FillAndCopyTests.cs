using Tapvisor.Formats.Crypto;
using Tapvisor.Native;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.VhdUtil;

public sealed class FillAndCopyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Filling_copies_the_parents_data()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        byte[] before = TestDisk.Read(leaf);
        VhdUtilRun.Ok("fill", "-n", leaf);
        Assert.Equal("8\n", VhdUtilRun.Ok("query", "-a", "-n", leaf));
        Assert.Equal(new byte[] { 0xFF, 0 }, VhdUtilRun.Of("read", "-a", "-n", leaf).Bytes[..2]);
        Assert.Equal(before, TestDisk.Read(leaf));
        VhdUtilRun.Ok("check", "-n", leaf);
        VhdUtilRun.Ok("create", "-n", _directory.At("base.vhd"), "-s", "16");
        Assert.Equal(before, VhdUtilRun.Of("read", "-d", "0", "-c", "8", "-n", leaf).Bytes);
    }

    [Fact]
    public void Giving_places_keeps_data_that_is_there()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        byte[] before = TestDisk.Read(path);
        VhdUtilRun.Ok("fill", "-b", "-f", "8192", "-t", "16384", "-n", path);
        Assert.Equal(new byte[] { 0b11111000 }, VhdUtilRun.Of("read", "-B", "-n", path).Bytes);
        VhdUtilRun.Ok("fill", "-b", "-n", path);
        Assert.Equal("8\n", VhdUtilRun.Ok("query", "-a", "-n", path));
        Assert.Equal(before, TestDisk.Read(path));
        VhdUtilRun.Ok("check", "-n", path);
    }

    [Theory]
    [InlineData("-f/-t can only be used with -b", "-f", "0")]
    [InlineData("-B can only be used with -b", "-B")]
    [InlineData("invalid sector range 9-8", "-b", "-f", "9", "-t", "8")]
    public void Options_that_do_not_fit_are_told(string complaint, params string[] options)
    {
        VhdUtilRun run = VhdUtilRun.Of(["fill", "-n", VhdSample.Unpack(_directory, "base.vhd"), .. options]);
        Assert.Equal(Errno.EINVAL, run.ExitCode);
        Assert.StartsWith($"{complaint}\noptions:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_beyond_the_disk_are_refused() =>
        Assert.Equal(Errno.ERANGE, VhdUtilRun.Of("fill", "-b", "-t", "32768", "-n", VhdSample.Unpack(_directory, "base.vhd")).ExitCode);

    [Theory]
    [InlineData("base.vhd")]
    [InlineData("leaf.vhd")]
    [InlineData("fixed.vhd")]
    [InlineData("qemu-force.vhd")]
    public void A_copy_shows_the_same(string name)
    {
        string path = VhdSample.Unpack(_directory, name, "base.vhd");
        string copy = _directory.At("copy.vhd");
        VhdUtilRun.Ok("copy", "-n", path, "-N", copy);
        Assert.Equal(TestDisk.Read(path), TestDisk.Read(copy));
        VhdUtilRun.Ok("check", "-b", "-n", copy);
        Assert.Equal("chain depth: 1\n", VhdUtilRun.Ok("query", "-d", "-n", copy));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void An_encrypted_copy_holds_what_the_key_makes_of_the_data_and_nothing_else(int length)
    {
        string path = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        string copy = _directory.At("copy.vhd");
        byte[] key = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        VhdUtilRun run = VhdUtilRun.Of(["copy", "-n", path, "-N", copy, "-E"], null, new MemoryStream(key));
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        byte[] plain = TestDisk.Read(path);
        byte[] secret = TestDisk.Read(copy);
        using SectorCipher cipher = SectorCipher.Create(key);
        byte[] expected = new byte[512];
        foreach (int sector in (int[])[0, 1, 5002, 20500])
        {
            cipher.Encrypt((ulong)sector, TestDisk.Sector(plain, sector), expected);
            Assert.Equal(expected, TestDisk.Sector(secret, sector));
        }

        Assert.Equal(new byte[512], TestDisk.Sector(secret, 5100));
        string name = _directory.At($"copy,aes-xts-plain,{length * 8}.key");
        File.WriteAllBytes(name, key);
        VhdUtilRun.Ok("key", "-c", "-n", copy, "-k", name);
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of(["copy", "-n", copy, "-N", copy + "2", "-k", name], null, null).ExitCode);
        VhdUtilRun.Ok("copy", "-n", copy, "-N", copy + "3");
        Assert.Equal(VhdUtilRun.Ok("key", "-p", "-n", copy), VhdUtilRun.Ok("key", "-p", "-n", copy + "3"));
        Assert.Equal(secret, TestDisk.Read(copy + "3"));
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        VhdUtilRun run = VhdUtilRun.Of("copy", "-n", path, "-N", path);
        Assert.Equal((Errno.EINVAL, $"VHD file {path} already exists, chose a different name\n"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(65)]
    public void Keys_of_other_lengths_are_refused(int length)
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        VhdUtilRun run = VhdUtilRun.Of(["copy", "-n", path, "-N", path + "2", "-E"], null, new MemoryStream(new byte[length]));
        Assert.Equal(Errno.EINVAL, run.ExitCode);
        Assert.False(File.Exists(path + "2"));
    }
}
