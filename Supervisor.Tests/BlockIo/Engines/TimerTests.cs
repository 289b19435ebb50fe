using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class TimerTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Delays_end_in_the_order_of_their_length(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        const int Seed = 11;
        var random = new Random(Seed);
        int[] delays = [.. Enumerable.Range(0, 300).Select(_ => random.Next(500) * 100)];
        var ended = new List<int>();
        host.Run(async IoTask<int> () =>
        {
            // Microseconds, from one point in time: what is started later must not profit from it.
            long start = host.Engine.Now + 20_000_000;
            IoTask<int>[] running = [.. delays.Select(d => DelayUntilAsync(host, start + (d * 1000L), d, ended))];
            foreach (IoTask<int> task in running)
                Assert.Equal(0, await task);
            return 0;
        });
        Assert.Equal(delays.Order(), ended);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_delay_lasts_at_least_its_time(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        long lasted = host.Run(async IoTask<long> () =>
        {
            long start = host.Engine.Now;
            Assert.Equal(0, await host.Scope.DelayAsync(TimeSpan.FromMilliseconds(20)));
            return host.Engine.Now - start;
        });
        Assert.True(lasted >= 20_000_000, $"{lasted} ns");
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Revoking_a_scope_ends_its_delays_and_no_others(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        var other = new IoScope(host.Engine, "other");
        host.Run(async IoTask<int> () =>
        {
            var random = new Random(12);
            IoTask<int>[] mine = [.. Enumerable.Range(0, 100).Select(_ => host.Scope.DelayAsync(TimeSpan.FromHours(random.Next(1, 100))))];
            IoTask<int>[] others =
                [.. Enumerable.Range(0, 100).Select(_ => other.DelayAsync(TimeSpan.FromMilliseconds(random.Next(1, 30))))];
            host.Scope.Revoke();
            foreach (IoTask<int> task in mine)
                Assert.Equal(-Errno.ECANCELED, await task);
            foreach (IoTask<int> task in others)
                Assert.Equal(0, await task);
            Assert.Equal(-Errno.ECANCELED, await host.Scope.DelayAsync(TimeSpan.Zero));
            Assert.Equal((0, 0), (host.Scope.Outstanding, other.Outstanding));
            return 0;
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Delays_of_nothing_and_for_ever_are_allowed(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        host.Run(async IoTask<int> () =>
        {
            IoTask<int> forEver = host.Scope.DelayAsync(TimeSpan.MaxValue);
            Assert.Equal(0, await host.Scope.DelayAsync(TimeSpan.Zero));
            Assert.Equal(0, await host.Scope.DelayAsync(TimeSpan.FromSeconds(-1)));
            host.Scope.Revoke();
            Assert.Equal(-Errno.ECANCELED, await forEver);
            return 0;
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_pass_has_one_time_and_the_next_a_later_one(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        host.Run(async IoTask<int> () =>
        {
            long start = host.Engine.Now;
            long begun = PosixEngine.Clock;
            while (PosixEngine.Clock == begun)
                Thread.SpinWait(1);
            Assert.Equal(start, host.Engine.Now);
            await host.Scope.DelayAsync(TimeSpan.FromMilliseconds(1));
            Assert.InRange(host.Engine.Now, begun + 1, PosixEngine.Clock);
            return 0;
        });
    }

    private static async IoTask<int> DelayUntilAsync(EngineHost host, long time, int name, List<int> ended)
    {
        int result = await host.Scope.DelayAsync(TimeSpan.FromTicks((time - host.Engine.Now + 99) / 100));
        ended.Add(name);
        return result;
    }
}
