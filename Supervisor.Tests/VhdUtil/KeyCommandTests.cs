using Tapvisor.Native;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.VhdUtil;

public sealed class KeyCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Disk => _directory.At("empty.vhd");

    private string Key => _directory.At("empty,aes-xts-plain,256.key");

    public KeyCommandTests()
    {
        VhdSample.Unpack(_directory, "empty.vhd");
        File.WriteAllBytes(Key, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_hash_is_calculated_with_a_nonce_of_zeroes() => Assert.Equal(
        "bb2275c49f28ad52cae6d55e34a974a58c7a3ba26f976e8ecbbe7a536918dc73\n", VhdUtilRun.Ok("key", "-C", "-k", Key));

    [Fact]
    public void A_key_that_was_set_is_found_right_and_another_wrong()
    {
        Assert.Equal("none\n", VhdUtilRun.Ok("key", "-p", "-n", Disk));
        VhdUtilRun.Ok("key", "-s", "-n", Disk, "-k", Key);
        VhdUtilRun.Ok("key", "-c", "-n", Disk, "-k", Key);
        VhdUtilRun.Ok("check", "-n", Disk);
        File.WriteAllBytes(Key, new byte[32]);
        VhdUtilRun run = VhdUtilRun.Of("key", "-c", "-n", Disk, "-k", Key);
        Assert.Equal(Errno.EINVAL, run.ExitCode);
        Assert.StartsWith("key check failed: -22\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_nonce_of_a_key_is_random_unless_given()
    {
        VhdUtilRun.Ok("key", "-s", "-n", Disk, "-k", Key);
        string first = VhdUtilRun.Ok("key", "-p", "-n", Disk);
        Assert.DoesNotContain(new string('0', 64), first, StringComparison.Ordinal);
        VhdUtilRun.Ok("key", "-s", "-n", Disk, "-k", Key, "-N", new string('0', 64));
        Assert.Equal(
            $"{new string('0', 64)} bb2275c49f28ad52cae6d55e34a974a58c7a3ba26f976e8ecbbe7a536918dc73\n",
            VhdUtilRun.Ok("key", "-p", "-n", Disk));
    }

    [Fact]
    public void Disks_with_data_and_fixed_disks_get_no_hash()
    {
        VhdSample.Unpack(_directory, "fixed.vhd");
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("key", "-s", "-n", _directory.At("fixed.vhd"), "-H", new string('a', 64)).ExitCode);
        TestDisk.Write(Disk, "x", 0, 1);
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("key", "-s", "-n", Disk, "-H", new string('a', 64)).ExitCode);
        Assert.Equal("none\n", VhdUtilRun.Ok("key", "-p", "-n", Disk));
    }

    [Theory]
    [InlineData("other,aes-xts-plain,256.key", 32)]
    [InlineData("empty,aes-xts-plain,512.key", 32)]
    [InlineData("empty,aes-xts-plain,256.key", 33)]
    public void Keys_of_another_name_or_length_are_refused(string name, int length)
    {
        File.WriteAllBytes(_directory.At(name), new byte[length]);
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("key", "-s", "-n", Disk, "-k", _directory.At(name)).ExitCode);
    }

    [Fact]
    public void A_hash_that_is_none_is_refused() =>
        Assert.Equal(Errno.EINVAL, VhdUtilRun.Of("key", "-s", "-n", Disk, "-H", "xyz").ExitCode);
}
