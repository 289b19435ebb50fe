using Tapvisor.Native;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.VhdUtil;

public sealed class CoalesceCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_parent_shows_afterwards_what_the_child_showed()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        byte[] before = TestDisk.Read(leaf);
        VhdUtilRun.Ok("resize", "-n", At("base.vhd"), "-s", "64", "-j", At("journal"));
        Assert.Equal("Coalesced 111 sectors", VhdUtilRun.Ok("coalesce", "-n", leaf));
        Assert.Equal(before, TestDisk.Read(leaf));
        Assert.Equal(before, TestDisk.Read(At("base.vhd"))[..before.Length]);
        Assert.EndsWith(" is valid\n", VhdUtilRun.Ok("check", "-b", "-n", At("base.vhd")), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_chains_keep_their_data()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        for (int round = 0; round < 4; round++)
        {
            string parent = At($"p{round}.vhd");
            string child = At($"c{round}.vhd");
            VhdUtilRun.Ok("create", "-n", parent, "-s", "16");
            WriteSome(parent, "parent", random);
            VhdUtilRun.Ok("snapshot", "-n", child, "-p", parent, "-e");
            WriteSome(child, "child", random);
            byte[] before = TestDisk.Read(child);
            VhdUtilRun.Ok("coalesce", "-n", child);
            Assert.True(before.AsSpan().SequenceEqual(TestDisk.Read(parent)), $"seed {seed}");
            VhdUtilRun.Ok("check", "-b", "-n", parent);
        }
    }

    [Fact]
    public void A_raw_parent_gets_the_sectors()
    {
        _directory.Image("raw.img", 4 << 20);
        string child = At("child.vhd");
        VhdUtilRun.Ok("snapshot", "-n", child, "-p", At("raw.img"), "-m");
        TestDisk.Write(child, "child", 5, 20);
        Assert.Equal("\r  0.00%\r 50.00%\r100.00%\nCoalesced 20 sectors", VhdUtilRun.Ok("coalesce", "-p", "-n", child));
        Assert.Equal(VhdSample.Sector("child", 24), TestDisk.Sector(File.ReadAllBytes(At("raw.img")), 24));
        Assert.Equal(4 << 20, new FileInfo(At("raw.img")).Length);
    }

    [Fact]
    public void A_smaller_parent_is_left_valid_and_unharmed()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        VhdUtilRun.Ok("resize", "-n", leaf, "-s", "64", "-f");
        TestDisk.Write(leaf, "leaf", 40000, 1);
        VhdUtilRun run = VhdUtilRun.Of("coalesce", "-n", leaf);
        Assert.Equal((Errno.ERANGE, "error coalescing: -34\n"), (run.ExitCode, run.Output));
        Assert.Contains("resize the parent first", run.Error, StringComparison.Ordinal);
        VhdUtilRun.Ok("check", "-n", At("base.vhd"));
    }

    [Fact]
    public void Only_differencing_disks_have_a_parent()
    {
        VhdUtilRun run = VhdUtilRun.Of("coalesce", "-n", VhdSample.Unpack(_directory, "empty.vhd"));
        Assert.Equal(
            (Errno.EINVAL, "coalescing of non-differencing disks is not supported\nerror coalescing: -22\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void Ciphertext_is_not_merged_with_plain_data()
    {
        _directory.Image("raw.img", 4 << 20);
        string child = At("child.vhd");
        VhdUtilRun.Ok("snapshot", "-n", child, "-p", At("raw.img"), "-m");
        VhdUtilRun.Ok("key", "-s", "-n", child, "-H", new string('a', 64));
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("coalesce", "-n", child).ExitCode);
    }

    private string At(string name) => _directory.At(name);

    private static void WriteSome(string path, string tag, Random random)
    {
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            int first = random.Next(32000);
            TestDisk.Write(path, tag, first, random.Next(1, Math.Min(9000, 32768 - first)));
        }
    }
}
