namespace Tapvisor.Tests.VhdUtil;

/// <summary>
/// vhd-util loses power at each of its writes: then the disk opens and holds what it held, or what undoes or repeats the operation makes
/// it so.
/// </summary>
public sealed class VhdUtilCrashTests : IDisposable
{
    private const int Ways = 3;
    private const int Sector = 512;

    // A header of 1024 bytes cannot be replaced in one sector of 512; one of 4 KiB holds it whole.
    private const int LargeSector = 4096;
    private readonly TemporaryDirectory _directory = new();

    private string Disk => _directory.At("disk.vhd");

    private string Leaf => _directory.At("leaf.vhd");

    private string Journal => _directory.At("journal");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_coalesce_never_changes_what_the_child_shows_and_can_be_repeated()
    {
        CreateChain();
        byte[] shown = TestDisk.Read(Leaf);
        var recorder = new CrashRecorder(Sector);
        recorder.Record("coalesce", "-n", Leaf);
        recorder.ForEachCrash(1, Ways, done =>
        {
            Assert.True(shown.AsSpan().SequenceEqual(TestDisk.Read(Leaf)), $"After {done} changes the leaf shows something else.");
            VhdUtilRun.Ok("repair", "-n", Disk);
            Check(Disk);
            Assert.True(shown.AsSpan().SequenceEqual(TestDisk.Read(Leaf)), $"After {done} changes and a repair it does.");
            VhdUtilRun.Ok("coalesce", "-n", Leaf);
            Check(Disk);
            Assert.True(shown.AsSpan().SequenceEqual(TestDisk.Read(Disk)), $"After {done} changes it cannot be repeated.");
        });
    }

    [Fact]
    public void A_snapshot_leaves_its_parent_alone_and_can_be_repeated()
    {
        byte[] shown = CreateDisk();
        byte[] file = File.ReadAllBytes(Disk);
        var recorder = new CrashRecorder(Sector);
        recorder.Record("snapshot", "-n", Leaf, "-p", Disk);
        recorder.ForEachCrash(2, Ways, done =>
        {
            Assert.True(file.AsSpan().SequenceEqual(File.ReadAllBytes(Disk)));
            VhdUtilRun.Ok("snapshot", "-n", Leaf, "-p", Disk);
            Check(Leaf);
            Assert.True(shown.AsSpan().SequenceEqual(TestDisk.Read(Leaf)));
        });
    }

    [Theory]
    [InlineData("10")]
    [InlineData("4096")]
    public void A_resize_is_done_or_not_or_can_be_undone(string size)
    {
        byte[] shown = CreateDisk();
        var recorder = new CrashRecorder(Sector);
        recorder.Record("resize", "-n", Disk, "-s", size, "-j", Journal);
        recorder.ForEachCrash(3, Ways, done => AssertRecoverable(shown, done));
    }

    [Fact]
    public void An_undone_resize_can_be_undone_again()
    {
        byte[] shown = CreateDisk();
        VhdUtilRun.Of(["resize", "-n", Disk, "-s", "4096", "-j", Journal], "VHD_UTIL_TEST_FAIL_RESIZE_END", null);
        var recorder = new CrashRecorder(Sector);
        recorder.Record("revert", "-n", Disk, "-j", Journal);
        recorder.ForEachCrash(4, Ways, done => AssertRecoverable(shown, done));
    }

    [Theory]
    [InlineData("fill", "-b")]
    [InlineData("fill")]
    [InlineData("repair")]
    [InlineData("set", "-f", "hidden", "-v", "1")]
    [InlineData("set", "-f", "marker", "-v", "3")]
    [InlineData("resize", "-f", "-s", "16")]
    public void A_disk_holds_what_it_held_whenever_this_is_interrupted(params string[] arguments)
    {
        byte[] shown = CreateDisk();
        var recorder = new CrashRecorder(Sector);
        recorder.Record([.. arguments, "-n", Disk]);
        recorder.ForEachCrash(5, Ways, done =>
        {
            Assert.True(shown.AsSpan().SequenceEqual(TestDisk.Read(Disk).AsSpan(0, shown.Length)), $"after {done} changes");
            VhdUtilRun.Ok([.. arguments, "-n", Disk]);
            VhdUtilRun.Ok("repair", "-n", Disk);
            Check(Disk);
        });
    }

    [Fact]
    public void A_change_of_the_parent_can_be_repeated()
    {
        byte[] shown = CreateChain();
        string moved = _directory.At("a-longer-name.vhd");
        File.Copy(Disk, moved);
        var recorder = new CrashRecorder(LargeSector);
        recorder.Record("modify", "-n", Leaf, "-p", moved);
        recorder.ForEachCrash(6, Ways, done =>
        {
            VhdUtilRun.Ok("modify", "-n", Leaf, "-p", moved);
            Check(Leaf);
            Assert.True(shown.AsSpan().SequenceEqual(TestDisk.Read(Leaf)), $"After {done} changes the leaf shows something else.");
        });
    }

    private byte[] CreateDisk()
    {
        VhdUtilRun.Ok("create", "-n", Disk, "-s", "8", "-S", "16");
        TestDisk.Write(Disk, "disk", 0, 3);
        TestDisk.Write(Disk, "disk", 4090, 20);
        return TestDisk.Read(Disk);
    }

    private byte[] CreateChain()
    {
        CreateDisk();
        VhdUtilRun.Ok("snapshot", "-n", Leaf, "-p", Disk);
        TestDisk.Write(Leaf, "leaf", 1, 1);
        TestDisk.Write(Leaf, "leaf", 4100, 30);
        TestDisk.Write(Leaf, "leaf", 9000, 5);
        return TestDisk.Read(Leaf);
    }

    /// <summary>It opens, or `revert` makes it open; it holds what it held.</summary>
    private void AssertRecoverable(byte[] shown, int done)
    {
        if (VhdUtilRun.Of("repair", "-n", Disk).ExitCode != 0)
        {
            VhdUtilRun.Ok("revert", "-n", Disk, "-j", Journal);
            VhdUtilRun.Ok("repair", "-n", Disk);
        }

        Check(Disk);
        VhdUtilRun read = VhdUtilRun.Of("read", "-r", "0", "-c", $"{shown.Length / Sector}", "-n", Disk);
        Assert.True(shown.AsSpan().SequenceEqual(read.Bytes), $"After {done} changes it shows something else.");
    }

    private static void Check(string path) => VhdUtilRun.Ok("check", "-n", path);
}
