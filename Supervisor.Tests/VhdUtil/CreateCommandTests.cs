using Tapvisor.Native;

namespace Tapvisor.Tests.VhdUtil;

public sealed class CreateCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Disk => _directory.At("disk.vhd");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("1", "2")]
    [InlineData("16", "16")]
    [InlineData("8194", "8194")]
    [InlineData("2088960", "2088960")]
    public void Sizes_are_rounded_up_to_blocks(string asked, string got)
    {
        VhdUtilRun.Ok("create", "-n", Disk, "-s", asked);
        Assert.Equal(got + "\n", VhdUtilRun.Ok("query", "-n", Disk, "-v"));
        Assert.Equal($"{Disk} is valid\n", VhdUtilRun.Ok("check", "-n", Disk));
    }

    [Theory]
    [InlineData("2088961")]
    [InlineData("2097152")]
    [InlineData("17592186044415")]
    public void More_than_the_format_holds_is_refused_before_anything_is_made(string size)
    {
        VhdUtilRun run = VhdUtilRun.Of("create", "-n", Disk, "-s", size);
        Assert.Equal(Errno.EFBIG, run.ExitCode);
        Assert.Contains("2040 GiB", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Disk));
    }

    [Fact]
    public void Metadata_may_be_prepared_for_2_TiB()
    {
        VhdUtilRun.Ok("create", "-n", Disk, "-s", "16", "-S", "2097152");
        Assert.Equal("16\n4327936\n2097152\n", VhdUtilRun.Ok("query", "-n", Disk, "-vsS"));
        VhdUtilRun.Ok("check", "-n", Disk);
    }

    [Fact]
    public void A_fixed_disk_takes_all_of_its_space()
    {
        VhdUtilRun.Ok("create", "-n", Disk, "-s", "4", "-r");
        Assert.Equal((4 << 20) + 512, new FileInfo(Disk).Length);
        VhdUtilRun.Ok("check", "-n", Disk);
    }

    [Theory]
    [InlineData]
    [InlineData("-n", "x")]
    [InlineData("-s", "1")]
    [InlineData("-n", "x", "-s", "ten")]
    [InlineData("-n", "x", "-s", "1", "y")]
    [InlineData("-h")]
    public void Wrong_options_show_the_usage(params string[] options)
    {
        VhdUtilRun run = VhdUtilRun.Of(["create", .. options]);
        Assert.Equal(Errno.EINVAL, run.ExitCode);
        Assert.StartsWith("options: <-n name> <-s size (MB)>", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_small_a_metadata_size_is_refused_in_upstreams_words()
    {
        VhdUtilRun run = VhdUtilRun.Of("create", "-n", Disk, "-s", "10", "-S", "5");
        Assert.Equal((Errno.EINVAL, "Error: <-S size> must be greater than <-s size>\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_named()
    {
        VhdUtilRun run = VhdUtilRun.Of("create", "-n", _directory.At("no/disk.vhd"), "-s", "1");
        Assert.Equal(Errno.ENOENT, run.ExitCode);
        Assert.Contains("no/disk.vhd", run.Error, StringComparison.Ordinal);
    }
}
