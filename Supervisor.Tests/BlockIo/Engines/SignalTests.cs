using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.BlockIo.Signals;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using static Tmds.Linux.LibC;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class SignalTests
{
    [SkippableTheory]
    [ClassData(typeof(EngineKinds))]
    public void A_wait_ends_each_time_the_descriptor_becomes_readable(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        int descriptor = Descriptor();
        IoSignal signal = host.Run(() => new IoTask<IoSignal>(host.Engine.Watch(host.Scope, descriptor)));
        for (int i = 0; i < 3; i++)
        {
            Task<int> wait = host.Engine.RunAsync(signal.WaitAsync);
            Assert.False(host.Engine.RunAsync(() => new IoTask<bool>(wait.IsCompleted)).Result);
            Raise(descriptor);
            Assert.Equal(POLLIN, wait.WaitAsync(EngineHost.Patience).Result & POLLIN);
            Lower(descriptor);
        }
        Assert.Equal(0, host.Run(signal.CloseAsync));
    }

    [SkippableTheory]
    [ClassData(typeof(EngineKinds))]
    public void What_is_readable_already_is_not_waited_for(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        int descriptor = Descriptor();
        Raise(descriptor);
        IoSignal signal = host.Run(() => new IoTask<IoSignal>(host.Engine.Watch(host.Scope, descriptor)));
        Assert.Equal(POLLIN, host.Run(signal.WaitAsync) & POLLIN);
        Assert.Equal(POLLIN, host.Run(signal.WaitAsync) & POLLIN);
        Assert.Equal(0, host.Run(signal.CloseAsync));
    }

    [SkippableTheory]
    [ClassData(typeof(EngineKinds))]
    public void Closing_ends_a_wait(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        IoSignal signal = host.Run(() => new IoTask<IoSignal>(host.Engine.Watch(host.Scope, Descriptor())));
        Task<int> wait = host.Engine.RunAsync(signal.WaitAsync);
        Assert.Equal(0, host.Run(signal.CloseAsync));
        Assert.Equal(-Errno.ECANCELED, wait.WaitAsync(EngineHost.Patience).Result);
        Assert.Equal(-Errno.EBADF, host.Run(signal.WaitAsync));
    }

    [SkippableTheory]
    [ClassData(typeof(EngineKinds))]
    public void What_a_wait_brings_happens_after_it_was_raised_by_the_engines_time_too(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        int descriptor = Descriptor();
        IoSignal signal = host.Run(() => new IoTask<IoSignal>(host.Engine.Watch(host.Scope, descriptor)));
        Task<long> woken = host.Engine.RunAsync(async IoTask<long> () =>
        {
            _ = host.Engine.Now;
            await signal.WaitAsync();
            return host.Engine.Now;
        });
        Assert.False(host.Engine.RunAsync(() => new IoTask<bool>(woken.IsCompleted)).Result);
        long raised = PosixEngine.Clock;
        Raise(descriptor);
        Assert.True(woken.WaitAsync(EngineHost.Patience).Result >= raised);
        Assert.Equal(0, host.Run(signal.CloseAsync));
    }

    private static int Descriptor()
    {
        int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        Assert.True(descriptor >= 0);
        return descriptor;
    }

    private static unsafe void Raise(int descriptor)
    {
        ulong one = 1;
        Assert.Equal(sizeof(ulong), write(descriptor, &one, sizeof(ulong)));
    }

    private static unsafe void Lower(int descriptor)
    {
        ulong count;
        Assert.Equal(sizeof(ulong), read(descriptor, &count, sizeof(ulong)));
    }
}
