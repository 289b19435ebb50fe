using Tapvisor.RingDevices.XenBlkif.Polling;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

public sealed class IdleCpuTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Cpumonds_word_counts_where_it_runs()
    {
        byte[] shared = new byte[8];
        BitConverter.TryWriteBytes(shared.AsSpan(4), 42.5f);
        File.WriteAllBytes(_files.At("monitor"), shared);
        Assert.Equal(42.5, new IdleCpu(_files.At("monitor"), _files.At("none")).Percent);
    }

    [Fact]
    public void Without_cpumond_proc_stat_tells()
    {
        File.WriteAllText(_files.At("stat"), "cpu  100 0 100 500 100 0 0 0 0 0\ncpu0 1 2 3 4 5\n");
        Assert.Equal(75, new IdleCpu(_files.At("none"), _files.At("stat")).Percent);
        Assert.InRange(new IdleCpu(_files.At("none")).Percent, 0, 100);
    }

    [Fact]
    public void Without_either_no_processor_is_idle() => Assert.Equal(0, new IdleCpu(_files.At("none"), _files.At("none")).Percent);

    [Theory]
    [InlineData("")]
    [InlineData("cpu")]
    [InlineData("cpu  1 2 3\n")]
    [InlineData("intr 1 2 3 4 5 6 7 8\n")]
    public void What_is_no_proc_stat_is_not_believed(string text) =>
        Assert.False(IdleCpu.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _, out _));
}
