using Tapvisor.Native;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.VhdUtil;

public sealed class ResizeCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Journal => _directory.At("journal");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("base.vhd", "18")]
    [InlineData("base.vhd", "300")]
    [InlineData("base.vhd", "4096")]
    [InlineData("base.vhd", "50000")]
    [InlineData("leaf.vhd", "40000")]
    [InlineData("ofraw.vhd", "9000")]
    public void Growing_keeps_the_data(string name, string size)
    {
        string path = VhdSample.Unpack(_directory, name, "base.vhd");
        _directory.Image("raw.img", 3 << 20);
        byte[] before = TestDisk.Read(path);
        Assert.Equal("", VhdUtilRun.Ok("resize", "-n", path, "-s", size, "-j", Journal));
        Assert.Equal(size + "\n", VhdUtilRun.Ok("query", "-v", "-n", path));
        Assert.EndsWith(" is valid\n", VhdUtilRun.Ok("check", "-b", "-n", path), StringComparison.Ordinal);
        VhdUtilRun read = VhdUtilRun.Of("read", "-r", "0", "-c", $"{before.Length / 512}", "-n", path);
        Assert.True(before.AsSpan().SequenceEqual(read.Bytes));
        Assert.False(File.Exists(Journal));
    }

    [Theory]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_BEGIN")]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_DATA_MOVED")]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_METADATA_MOVED")]
    [InlineData("VHD_UTIL_TEST_FAIL_RESIZE_END")]
    public void An_interrupted_resize_can_be_undone_twice(string point)
    {
        string path = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        byte[] before = TestDisk.Read(path);
        VhdUtilRun run = VhdUtilRun.Of(["resize", "-n", path, "-s", "40000", "-j", Journal], point, null);
        Assert.Equal((Errno.EINVAL, $"Failing at {point}\n"), (run.ExitCode, run.Output));
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("coalesce", "-n", path).ExitCode);
        File.Copy(Journal, Journal + "2");
        VhdUtilRun.Ok("revert", "-n", path, "-j", Journal);
        VhdUtilRun.Ok("revert", "-n", path, "-j", Journal + "2");
        Assert.Equal(before, TestDisk.Read(path));
        VhdUtilRun.Ok("check", "-b", "-n", path);
    }

    [Fact]
    public void A_damaged_journal_changes_nothing()
    {
        string path = VhdSample.Unpack(_directory, "interrupted.vhd", "interrupted.journal");
        string journal = _directory.At("interrupted.journal");
        byte[] before = File.ReadAllBytes(path);
        byte[] good = File.ReadAllBytes(journal);
        int seed = Random.Shared.Next();
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            byte[] bad = [.. good];
            bad[random.Next(512 + 32, bad.Length)] ^= 0x40;
            File.WriteAllBytes(journal, bad);
            Assert.True(VhdUtilRun.Of("revert", "-n", path, "-j", journal).ExitCode != 0, $"seed {seed}");
            Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"seed {seed}");
        }
    }

    [Fact]
    public void Another_disks_journal_changes_nothing()
    {
        VhdSample.Unpack(_directory, "interrupted.journal");
        string path = VhdSample.Unpack(_directory, "base.vhd");
        byte[] before = File.ReadAllBytes(path);
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("revert", "-n", path, "-j", _directory.At("interrupted.journal")).ExitCode);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Dynamic_disks_do_not_shrink()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        byte[] before = TestDisk.Read(path);
        VhdUtilRun run = VhdUtilRun.Of("resize", "-n", path, "-s", "8", "-j", Journal);
        Assert.Equal((Errno.ENOSYS, "dynamic shrink not fully implemented\nresize failed: -38\n"), (run.ExitCode, run.Output));
        Assert.Equal(before, TestDisk.Read(path));
        Assert.False(File.Exists(Journal));
    }

    [Fact]
    public void Fast_growth_stays_inside_the_tables()
    {
        string path = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        VhdUtilRun.Ok("resize", "-n", path, "-s", "63", "-f");
        Assert.Equal("64\n64\n", VhdUtilRun.Ok("query", "-vS", "-n", path));
        VhdUtilRun.Ok("check", "-n", path);
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("resize", "-n", path, "-s", "66", "-f").ExitCode);
        VhdUtilRun run = VhdUtilRun.Of("resize", "-n", path, "-s", "16", "-f");
        Assert.Equal((Errno.EINVAL, $"{path}: size (16777216) < curr size (67108864)\n"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("8")]
    [InlineData("2")]
    public void Fixed_disks_grow_and_shrink(string size)
    {
        string path = VhdSample.Unpack(_directory, "fixed.vhd");
        VhdUtilRun.Ok("resize", "-n", path, "-s", size, "-j", Journal);
        Assert.Equal((long.Parse(size, System.Globalization.CultureInfo.InvariantCulture) << 20) + 512, new FileInfo(path).Length);
        Assert.Equal(size + "\n", VhdUtilRun.Ok("query", "-v", "-n", path));
        VhdUtilRun.Ok("check", "-n", path);
        Assert.True(File.ReadAllBytes(path)[..^512].All(b => b == 0));
    }

    [Fact]
    public void Disks_of_other_makers_are_refused()
    {
        string path = VhdSample.Unpack(_directory, "qemu.vhd");
        VhdUtilRun run = VhdUtilRun.Of("resize", "-n", path, "-s", "80", "-f");
        Assert.Equal((Errno.EINVAL, $"{path} not created by xen; resize not supported\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void A_journal_that_exists_is_kept()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        File.WriteAllText(Journal, "mine");
        Assert.Equal("creating journal failed: -17\n", VhdUtilRun.Of("resize", "-n", path, "-s", "80", "-j", Journal).Output);
        Assert.Equal("mine", File.ReadAllText(Journal));
        VhdUtilRun.Ok("check", "-n", path);
    }
}
