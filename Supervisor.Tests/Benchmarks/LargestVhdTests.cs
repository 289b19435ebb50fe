using Tapvisor.Benchmarks.Vhd;
using Tapvisor.Tests.VhdUtil;

namespace Tapvisor.Tests.Benchmarks;

public sealed class LargestVhdTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_is_valid_and_has_a_place_for_every_block()
    {
        string path = _directory.At("largest.vhd");
        LargestVhd.Make(path);
        VhdUtilRun.Ok("check", "-n", path);
        Assert.Equal($"{2040 * 1024}\n", VhdUtilRun.Ok("query", "-v", "-n", path));
        Assert.Equal($"{2040 * 512}\n", VhdUtilRun.Ok("query", "-a", "-n", path));
    }
}
