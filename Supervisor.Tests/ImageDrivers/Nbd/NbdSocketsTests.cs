using Tapvisor.BlockIo;
using Tapvisor.Control;
using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.Native;

namespace Tapvisor.Tests.ImageDrivers.Nbd;

public sealed class NbdSocketsTests : IDisposable
{
    private const int Dead = 4_999_999;
    private readonly TemporaryDirectory _directory = new();

    private string Own => _directory.At($"nbd{Environment.ProcessId}.3");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_disk_is_found_by_its_minor()
    {
        foreach (string other in new[] { "nbd1.33", $"nbd-old{Environment.ProcessId}.3", $"nbdserver{Environment.ProcessId}.3", "nbd.3", "nbdx.3" })
            Make(_directory.At(other));
        Make(Own);
        Assert.Equal(Own, Find(3));
    }

    [Fact]
    public void What_the_dead_left_does_not_count()
    {
        Make(_directory.At($"nbd{Dead}.3"));
        Assert.Equal(Errno.ENOENT, Assert.Throws<BlockException>(() => Find(3)).Errno);
        Make(Own);
        Assert.Equal(Own, Find(3));
    }

    [Fact]
    public void Former_paths_that_lead_to_the_same_socket_are_no_second_one()
    {
        Make(Own);
        File.CreateSymbolicLink(_directory.At($"nbd{Dead}.3"), Own);
        File.CreateSymbolicLink(_directory.At($"nbd{Dead - 1}.3"), _directory.At($"nbd{Dead}.3"));
        Assert.Equal(Own, Find(3));
    }

    [Fact]
    public void Two_living_ones_are_EINVAL()
    {
        Make(Own);
        Make(_directory.At("nbd1.3"));
        Assert.Equal(Errno.EINVAL, Assert.Throws<BlockException>(() => Find(3)).Errno);
    }

    private static void Make(string path) => File.WriteAllText(path, "");

    private string Find(int minor) => new NbdSockets(new ControlDirectory(_directory.Path)).Find(minor);
}
