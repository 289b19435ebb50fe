using Tapvisor.BlockIo.Engines;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class IoEnginesTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void The_kind_that_was_asked_for_is_made(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind, o => o with { Name = "mine" });
        Assert.Equal(kind == IoEngineKind.IoUring ? "io_uring" : "libaio", host.Engine.Kind);
        Assert.Equal("mine", host.Engine.Name);
    }

    [Fact]
    public void Without_a_choice_io_uring_is_preferred()
    {
        using IoEngine engine = IoEngines.Create(new IoEngineOptions());
        Assert.Equal(IoEngines.WhyUnavailable(IoEngineKind.IoUring) is null ? "io_uring" : "libaio", engine.Kind);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void An_engine_runs_on_the_processor_it_is_given(IoEngineKind kind)
    {
        int cpu = AllowedCpu();
        using EngineHost host = EngineHost.Start(kind, o => o with { Cpu = cpu });
        Assert.Equal(cpu, host.Run(async () => Thread.GetCurrentProcessorId()));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_processor_that_is_not_there_is_refused(IoEngineKind kind)
    {
        foreach (int cpu in (int[])[-1, 1023, 1024])
        {
            BlockException error = Assert.Throws<BlockException>(() => EngineHost.Start(kind, o => o with { Cpu = cpu }));
            Assert.Equal(Errno.EINVAL, error.Errno);
            Assert.Contains($"processor {cpu}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => IoEngines.Create(new IoEngineOptions { QueueEntries = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => IoEngines.Create(new IoEngineOptions { SpinMicroseconds = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => IoEngines.Create(new IoEngineOptions { HelperThreads = 0 }));
    }

    private static unsafe int AllowedCpu()
    {
        cpu_set_t set;
        Assert.True(LibC.sched_getaffinity(0, sizeof(cpu_set_t), &set) >= 0);
        var mask = (byte*)&set;
        int cpu = 0;
        while ((mask[cpu / 8] & (1 << (cpu % 8))) == 0)
            cpu++;
        return cpu;
    }
}
