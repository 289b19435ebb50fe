using Tapvisor.Native;

namespace Tapvisor.Tests.VhdUtil;

public sealed class SnapshotCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public SnapshotCommandTests() => VhdUtilRun.Ok("create", "-n", At("base.vhd"), "-s", "16");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_empty_parent_is_passed_over_unless_asked_not_to()
    {
        VhdUtilRun.Ok("snapshot", "-n", At("a.vhd"), "-p", At("base.vhd"));
        VhdUtilRun.Ok("snapshot", "-n", At("b.vhd"), "-p", At("a.vhd"));
        VhdUtilRun.Ok("snapshot", "-n", At("c.vhd"), "-p", At("a.vhd"), "-e");
        Assert.EndsWith("base.vhd\nchain depth: 2\n", VhdUtilRun.Ok("query", "-pd", "-n", At("b.vhd")), StringComparison.Ordinal);
        Assert.EndsWith("a.vhd\nchain depth: 3\n", VhdUtilRun.Ok("query", "-pd", "-n", At("c.vhd")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_depth_is_limited()
    {
        TestDisk.Write(At("base.vhd"), "b", 0, 1);
        VhdUtilRun.Ok("snapshot", "-n", At("a.vhd"), "-p", At("base.vhd"), "-l", "2");
        VhdUtilRun run = VhdUtilRun.Of("snapshot", "-n", At("b.vhd"), "-p", At("a.vhd"), "-e", "-l", "2");
        Assert.Equal((Errno.ENOSPC, "snapshot depth exceeded: current depth: 2, limit: 2\n"), (run.ExitCode, run.Output));
        Assert.False(File.Exists(At("b.vhd")));
    }

    [Fact]
    public void Names_beyond_ASCII_lead_to_the_parent()
    {
        File.Move(At("base.vhd"), At("größe 日本.vhd"));
        VhdUtilRun.Ok("snapshot", "-n", At("a.vhd"), "-p", At("größe 日本.vhd"));
        Assert.EndsWith("/größe 日本.vhd\n", VhdUtilRun.Ok("query", "-p", "-n", At("a.vhd")), StringComparison.Ordinal);
        VhdUtilRun.Ok("check", "-p", "-n", At("a.vhd"));
    }

    [Fact]
    public void A_raw_parent_gives_its_size_rounded_up_to_sectors()
    {
        _directory.Image("raw.img", (3 << 20) + 100);
        VhdUtilRun.Ok("snapshot", "-n", At("a.vhd"), "-p", At("raw.img"), "-m");
        Assert.Equal("3\nchain depth: 2\n", VhdUtilRun.Ok("query", "-vd", "-n", At("a.vhd")));
    }

    [Fact]
    public void The_parents_key_hash_is_taken_over()
    {
        VhdUtilRun.Ok("key", "-s", "-n", At("base.vhd"), "-H", new string('a', 64));
        VhdUtilRun.Ok("snapshot", "-n", At("a.vhd"), "-p", At("base.vhd"));
        Assert.Equal(VhdUtilRun.Ok("key", "-p", "-n", At("base.vhd")), VhdUtilRun.Ok("key", "-p", "-n", At("a.vhd")));
    }

    [Fact]
    public void No_disk_becomes_its_own_parent()
    {
        byte[] before = File.ReadAllBytes(At("base.vhd"));
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("snapshot", "-n", At("base.vhd"), "-p", At("base.vhd")).ExitCode);
        Assert.Equal(before, File.ReadAllBytes(At("base.vhd")));
    }

    [Fact]
    public void A_moved_or_exchanged_parent_is_noticed()
    {
        TestDisk.Write(At("base.vhd"), "b", 0, 1);
        VhdUtilRun.Ok("snapshot", "-n", At("a.vhd"), "-p", At("base.vhd"));
        VhdUtilRun.Ok("create", "-n", At("base.vhd"), "-s", "16");
        VhdUtilRun run = VhdUtilRun.Of("read", "-r", "0", "-n", At("a.vhd"));
        Assert.Equal(Errno.EINVAL, run.ExitCode);
        Assert.Contains("UUID", run.Error, StringComparison.Ordinal);
        File.Delete(At("base.vhd"));
        Assert.Equal(Errno.ENOENT, VhdUtilRun.Of("read", "-r", "0", "-n", At("a.vhd")).ExitCode);
        Assert.Equal("./base.vhd\n", VhdUtilRun.Ok("query", "-pu", "-n", At("a.vhd")));
    }

    [Fact]
    public void A_chain_that_loops_ends_with_an_error()
    {
        VhdUtilRun.Ok("snapshot", "-n", At("a.vhd"), "-p", At("base.vhd"), "-e");
        VhdUtilRun.Ok("snapshot", "-n", At("b.vhd"), "-p", At("a.vhd"), "-e");
        Assert.Equal(Errno.ELOOP, VhdUtilRun.Of("modify", "-n", At("a.vhd"), "-p", At("b.vhd")).ExitCode);
        VhdUtilRun.Ok("query", "-d", "-n", At("b.vhd"));
    }

    private string At(string name) => _directory.At(name);
}
