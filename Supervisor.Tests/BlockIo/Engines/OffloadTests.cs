using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class OffloadTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_blocking_call_runs_elsewhere_and_its_outcome_comes_back(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (bool elsewhere, bool back) = host.Run(async IoTask<(bool, bool)> () =>
        {
            bool elsewhere = await host.Engine.OffloadAsync(host.Scope, () => IoEngine.Current is null);
            return (elsewhere, ReferenceEquals(IoEngine.Current, host.Engine));
        });
        Assert.True(elsewhere);
        Assert.True(back);
        Assert.Equal(0, host.Scope.Outstanding);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_the_call_throws_is_thrown_to_the_waiter(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        FormatException error = Assert.Throws<FormatException>(
            () => host.Run(() => host.Engine.OffloadAsync<int>(host.Scope, () => throw new FormatException("far away"))));
        Assert.Equal("far away", error.Message);
        Assert.Equal(0, host.Scope.Outstanding);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_call_that_hangs_does_not_hold_up_others(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind, o => o with { HelperThreads = 3 });
        using var release = new ManualResetEventSlim();
        Task<int>[] hung = [.. Enumerable.Range(0, 2).Select(_ => host.Engine.RunAsync(() => host.Engine.OffloadAsync(host.Scope, () =>
        {
            release.Wait();
            return 1;
        })))];
        for (int i = 0; i < 100; i++)
            Assert.Equal(i, host.Run(() => host.Engine.OffloadAsync(host.Scope, () => i)));
        Assert.All(hung, task => Assert.False(task.IsCompleted));
        release.Set();
        Assert.All(hung, task => Assert.Equal(1, task.WaitAsync(EngineHost.Patience).Result));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Calls_beyond_the_limit_wait_for_a_thread(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind, o => o with { HelperThreads = 4, Name = "limited" });
        int running = 0;
        int most = 0;
        Task<int>[] calls = [.. Enumerable.Range(0, 200).Select(i => host.Engine.RunAsync(() => host.Engine.OffloadAsync(host.Scope, () =>
        {
            int now = Interlocked.Increment(ref running);
            lock (host)
                most = Math.Max(most, now);
            Thread.Yield();
            Interlocked.Decrement(ref running);
            return i;
        })))];
        Assert.Equal(Enumerable.Range(0, 200), calls.Select(c => c.WaitAsync(EngineHost.Patience).Result));
        Assert.InRange(most, 1, 4);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_revoked_scope_makes_no_calls(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        BlockException error = Assert.Throws<BlockException>(() => host.Run(async IoTask<int> () =>
        {
            host.Scope.Revoke();
            return await host.Engine.OffloadAsync(host.Scope, () => 1);
        }));
        Assert.Equal(Errno.ECANCELED, error.Errno);
    }
}
