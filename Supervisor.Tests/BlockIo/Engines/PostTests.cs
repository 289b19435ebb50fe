using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class PostTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Posts_of_many_threads_all_run_on_the_engines_thread_in_each_threads_order(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        const int Threads = 6;
        const int Posts = 20_000;
        int[] next = new int[Threads];
        int wrong = 0;
        using var all = new CountdownEvent(Threads * Posts);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            // Pauses of all lengths, so that the engine is met awake, falling asleep and asleep.
            var random = new Random(100 + t);
            for (int i = 0; i < Posts; i++)
            {
                int number = i;
                host.Engine.Post(() =>
                {
                    if (!ReferenceEquals(IoEngine.Current, host.Engine) || next[t]++ != number)
                        wrong++;
                    all.Signal();
                });
                if (random.Next(16) == 0)
                    Thread.SpinWait(random.Next(2000));
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        Assert.True(all.Wait(EngineHost.Patience), $"{all.CurrentCount} posts were never run");
        Assert.Equal(0, wrong);
        foreach (Thread thread in threads)
            thread.Join();
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_sleeping_engine_never_misses_a_post(IoEngineKind kind)
    {
        // Ping-pong: each post waits for the one before, so that a single missed wake-up stops everything.
        foreach (int spin in (int[])[0, 20])
        {
            using EngineHost host = EngineHost.Start(kind, o => o with { SpinMicroseconds = spin });
            var random = new Random(7);
            using var answered = new SemaphoreSlim(0);
            for (int i = 0; i < 20_000; i++)
            {
                host.Engine.Post(() => answered.Release());
                Assert.True(answered.Wait(EngineHost.Patience), $"post {i} was missed (spinning for {spin} µs, seed 7)");
                Thread.SpinWait(random.Next(300));
            }
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_a_post_throws_is_heard(IoEngineKind kind)
    {
        var heard = new TaskCompletionSource<Exception>();
        using EngineHost host = EngineHost.Start(kind, o => o with { UnhandledException = heard.SetResult });
        host.Engine.Post(() => throw new FormatException("from a post"));
        Assert.Equal("from a post", heard.Task.WaitAsync(EngineHost.Patience).Result.Message);
        Assert.Equal(1, host.Run(async IoTask<int> () => 1));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_a_coroutine_throws_reaches_whoever_had_it_run(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        Assert.Throws<FormatException>(() => host.Run(async IoTask<int> () =>
        {
            await host.Scope.DelayAsync(TimeSpan.FromTicks(1));
            throw new FormatException();
        }));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Nothing_can_be_posted_to_an_engine_that_has_stopped(IoEngineKind kind)
    {
        EngineHost host = EngineHost.Start(kind);
        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => host.Engine.Post(() => { }));
    }
}
