using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Tests.BlockIo.Engines;

namespace Tapvisor.Tests.BlockIo.Tasks;

public sealed class IoPromiseTests : IDisposable
{
    private readonly IoEngine _engine = IoEngines.Create(new IoEngineOptions { ArenaSize = 1 });

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_result_reaches_its_waiter_whoever_comes_first() => Run(async IoTask<int> () =>
    {
        var promise = new IoPromise<string>();
        promise.Set("before");
        Assert.Equal("before", await promise.Task);

        IoTask<string> waiting = Wait(promise);
        promise.Set("after");
        Assert.Equal("after", await waiting);
        return 0;
    });

    [Fact]
    public void A_promise_can_be_used_again_and_again() => Run(async IoTask<int> () =>
    {
        var promise = new IoPromise<int>();
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(promise.IsSet);
            promise.Set(i);
            Assert.True(promise.IsSet);
            Assert.Equal(i, await promise.Task);
        }
        return 0;
    });

    [Fact]
    public void Setting_twice_is_refused() => Run(async IoTask<int> () =>
    {
        var promise = new IoPromise<int>();
        promise.Set(1);
        Assert.Throws<InvalidOperationException>(() => promise.Set(2));
        return await promise.Task;
    });

    [Fact]
    public void Waiters_run_in_the_order_their_promises_were_set() => Run(async IoTask<int> () =>
    {
        IoPromise<int>[] promises = [.. Enumerable.Range(0, 10).Select(_ => new IoPromise<int>())];
        var order = new List<int>();
        IoTask<int>[] waiting = [.. promises.Select(promise => Note(promise, order))];
        foreach (int i in (int[])[3, 1, 4, 5, 9, 2, 6, 8, 7, 0])
            promises[i].Set(i);
        foreach (IoTask<int> task in waiting)
            await task;
        Assert.Equal([3, 1, 4, 5, 9, 2, 6, 8, 7, 0], order);
        return 0;
    });

    private static async IoTask<string> Wait(IoPromise<string> promise) => await promise.Task;

    private static async IoTask<int> Note(IoPromise<int> promise, List<int> order)
    {
        order.Add(await promise.Task);
        return 0;
    }

    private void Run(Func<IoTask<int>> work) => _engine.RunAsync(work).WaitAsync(EngineHost.Patience).GetAwaiter().GetResult();
}
