using Tapvisor.Native;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.VhdUtil;

public sealed class CommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string> Commands =>
    [
        "create", "snapshot", "query", "read", "set", "repair", "resize", "fill", "coalesce", "modify", "scan", "check", "revert", "key",
        "copy", "info",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_teaches(string command)
    {
        string help = VhdUtilRun.Ok(command, "--help");
        Assert.Contains($"  vhd-util {command} ", help, StringComparison.Ordinal);
        Assert.Equal(help, VhdUtilRun.Ok("help", command));
    }

    [Fact]
    public void No_command_shows_the_commands() =>
        Assert.StartsWith("usage: vhd-util COMMAND [OPTIONS]\nCOMMAND := { create | ", VhdUtilRun.Ok(), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_command_is_an_error()
    {
        VhdUtilRun run = VhdUtilRun.Of("foo");
        Assert.Equal((Errno.EINVAL, "invalid COMMAND foo\n"), (run.ExitCode, run.Error));
        Assert.StartsWith("usage: vhd-util", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Query_answers_in_its_own_order_whatever_is_asked_first()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        Assert.Equal(
            $"16\n{new FileInfo(path).Length}\n{path} has no parent\nhidden: 0\nmarker: 0\nchain depth: 1\n3\n16\n",
            VhdUtilRun.Ok("query", "-S", "-a", "-d", "-m", "-f", "-p", "-s", "-v", "--debug", "-n", path));
        Assert.Equal((Errno.ENOENT, "error opening gone: -2\n"),
            (VhdUtilRun.Of("query", "-v", "-n", "gone").ExitCode, VhdUtilRun.Of("query", "-n", "gone").Output));
    }

    [Fact]
    public void Repair_takes_the_copy_of_a_crashed_disk()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        byte[] good = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. good[..^512], .. new byte[3 << 20]]);
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("check", "-n", path).ExitCode);
        VhdUtilRun.Ok("repair", "-n", path);
        Assert.Equal(good, File.ReadAllBytes(path));
    }

    [Fact]
    public void Modify_finds_the_moved_parent_again()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        byte[] before = TestDisk.Read(leaf);
        Directory.CreateDirectory(_directory.At("sub"));
        File.Move(_directory.At("base.vhd"), _directory.At("sub/new name.vhd"));
        VhdUtilRun.Ok("modify", "-n", leaf, "-p", _directory.At("sub/new name.vhd"));
        Assert.Equal(before, TestDisk.Read(leaf));
        VhdUtilRun.Ok("check", "-p", "-n", leaf);
    }

    [Fact]
    public void A_path_too_long_for_its_room_changes_nothing()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        byte[] before = File.ReadAllBytes(leaf);
        string deep = _directory.At(string.Join('/', Enumerable.Repeat(new string('d', 200), 3)));
        Directory.CreateDirectory(deep);
        File.Copy(_directory.At("base.vhd"), deep + "/base.vhd");
        VhdUtilRun run = VhdUtilRun.Of("modify", "-n", leaf, "-p", deep + "/base.vhd");
        Assert.Equal(Errno.ENAMETOOLONG, run.ExitCode);
        Assert.Equal(before, File.ReadAllBytes(leaf));
    }

    [Fact]
    public void Modify_z_drops_the_data()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd", "fixed.vhd");
        VhdUtilRun.Ok("modify", "-z", "-n", path);
        Assert.Equal("3584\n0\n", VhdUtilRun.Ok("query", "-sa", "-n", path));
        VhdUtilRun.Ok("check", "-n", path);
        Assert.Equal(Errno.ENOSYS, VhdUtilRun.Of("modify", "-z", "-n", _directory.At("fixed.vhd")).ExitCode);
    }

    [Fact]
    public void Modify_s_never_cuts_off_data()
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        long length = new FileInfo(path).Length;
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("modify", "-s", $"{length - 512}", "-n", path).ExitCode);
        VhdUtilRun.Ok("modify", "-s", $"{length + 4096}", "-n", path);
        Assert.Equal(length + 4096, new FileInfo(path).Length);
        VhdUtilRun.Ok("check", "-n", path);
    }

    [Theory]
    [InlineData("-t", "5001", "logical sector 5001: block number: 1, sector offset: 905, file offset: 2568704\n")]
    [InlineData("-b", "3", "block: 3: offset: not allocated\n")]
    [InlineData("-i", "5001", "block 1: sec: 905: 1\n")]
    public void Read_tells_places(string option, string number, string line)
    {
        string path = VhdSample.Unpack(_directory, "base.vhd");
        Assert.Equal(line, VhdUtilRun.Ok("read", option, number, "-n", path));
    }

    [Fact]
    public void Read_lists_extents_across_blocks() => Assert.Equal(
        "0 4096\n5000 3\n8190 4\n", VhdUtilRun.Ok("read", "-e", "0", "-c", "32768", "-n", VhdSample.Unpack(_directory, "base.vhd")));

    [Fact]
    public void Read_reads_bytes_at_any_offset()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        Assert.Equal(TestDisk.Read(leaf)[100..3000], VhdUtilRun.Of("read", "-R", "100", "-c", "2900", "-n", leaf).Bytes);
        Assert.Equal(Errno.ERANGE, VhdUtilRun.Of("read", "-r", "32768", "-n", leaf).ExitCode);
    }

    [Fact]
    public void Info_pictures_the_chain()
    {
        string leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");
        string picture = VhdUtilRun.Ok("info", leaf);
        Assert.Contains("(differencing VHD)", picture, StringComparison.Ordinal);
        Assert.Contains("[##...#..]", picture, StringComparison.Ordinal);
        Assert.Equal(2, picture.Split("health    good").Length - 1);
    }
}
