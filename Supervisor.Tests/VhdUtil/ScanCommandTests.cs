using Tapvisor.Native;
using Tapvisor.Tests.Formats.Vhd;
using Tapvisor.VhdUtil.Scanning;

namespace Tapvisor.Tests.VhdUtil;

public sealed class ScanCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _leaf;

    public ScanCommandTests() => _leaf = VhdSample.Unpack(_directory, "leaf.vhd", "base.vhd");

    private string Base => _directory.At("base.vhd");

    private string LeafLine => $"vhd=leaf.vhd capacity=16777216 size={new FileInfo(_leaf).Length} hidden=0 parent=base.vhd";

    private string BaseLine => $"vhd=base.vhd capacity=16777216 size={new FileInfo(Base).Length} hidden=0 parent=none";

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData]
    [InlineData("-f")]
    public void Each_disk_has_a_line(params string[] options) =>
        Assert.Equal($"{BaseLine}\n{LeafLine}\n", VhdUtilRun.Ok(["scan", .. options, "-m", _directory.At("{base,leaf}.vhd")]));

    [Fact]
    public void Trees_are_indented()
    {
        Assert.Equal($"{BaseLine}\n   {LeafLine}\n", VhdUtilRun.Ok("scan", "-p", _leaf, Base));
        Assert.Equal($"{LeafLine} (not found in scan)\n", VhdUtilRun.Ok("scan", "-p", _leaf));
        Assert.Equal($"{BaseLine}\n   {LeafLine}\n", VhdUtilRun.Ok("scan", "-p", "-a", _leaf));
    }

    [Fact]
    public void Markers_come_before_the_parent()
    {
        VhdUtilRun.Ok("set", "-n", Base, "-f", "marker", "-v", "200");
        VhdUtilRun.Ok("set", "-n", Base, "-f", "hidden", "-v", "1");
        Assert.Equal(
            BaseLine.Replace("hidden=0 ", "hidden=1 marker=200 keyhash= ", StringComparison.Ordinal) + "\n",
            VhdUtilRun.Ok("scan", "-M", Base));
        Assert.Equal("hidden: 1\nmarker: 200\n", VhdUtilRun.Ok("query", "-fm", "-n", Base));
        VhdUtilRun.Ok("check", "-n", Base);
    }

    [Fact]
    public void The_first_failure_is_the_last_line_unless_told_to_go_on()
    {
        string junk = _directory.Image("a.vhd", 4096);
        string error = $"vhd={junk} scan-error=-22 error-message='opening file'\n";
        VhdUtilRun run = VhdUtilRun.Of("scan", junk, Base);
        Assert.Equal((Errno.EINVAL, error), (run.ExitCode, run.Output));
        Assert.Equal($"{error}{BaseLine}\n", VhdUtilRun.Ok("scan", "-c", junk, Base));
    }

    [Fact]
    public void A_missing_file_is_told()
    {
        VhdUtilRun run = VhdUtilRun.Of("scan", _directory.At("gone.vhd"));
        Assert.Equal(
            (Errno.ENOENT, $"vhd={_directory.At("gone.vhd")} scan-error=-2 error-message='failure scanning target'\n"),
            (run.ExitCode, run.Output));
        Assert.StartsWith("scan failed: -2. Check syslog for details\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_matches_is_no_failure() => Assert.Equal("", VhdUtilRun.Ok("scan", "-m", _directory.At("zz*")));

    [Theory]
    [InlineData("/dev/mapper/VG--x-VHD--1", "VHD-1")]
    [InlineData("VG-lv", "lv")]
    [InlineData("plain", null)]
    public void Volumes_are_known_by_the_names_that_device_mapper_makes(string path, string? volume) =>
        Assert.Equal(volume, VolumeScanner.ToVolumeName(path));

    [Fact]
    public void A_volume_is_read_where_it_lies_on_its_device()
    {
        byte[] device = new byte[(1 << 20) + 8192];
        VhdSample.Unpack(_directory, "ofraw.vhd");
        byte[] disk = File.ReadAllBytes(_directory.At("ofraw.vhd"));
        disk.CopyTo(device, 1 << 20);
        File.WriteAllBytes(_directory.At("pv"), device);
        ScanTarget target = new("VHD-1", _directory.At("pv"), 1 << 20, 8192, 8192, IsRaw: false, IsVolume: true);
        ScannedImage image = new ImageScanner(ScanOptions.Volume | ScanOptions.Markers).Scan(target);
        Assert.Equal((Errno.EINVAL, "getting parent"), (image.Errno, image.Message));
        Assert.Equal(3UL << 20, image.Capacity);
    }
}
