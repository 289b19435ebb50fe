using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Tests.BlockIo.Engines;

namespace Tapvisor.Tests.BlockIo.Tasks;

public sealed class IoGateTests : IDisposable
{
    private readonly IoEngine _engine = IoEngines.Create(new IoEngineOptions { ArenaSize = 1 });

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_gate_that_was_opened_lets_one_through() => Run(() =>
    {
        var gate = new IoGate();
        gate.Open();
        gate.Open();
        Assert.True(gate.WaitAsync().GetAwaiter().IsCompleted);
        Assert.False(gate.HasWaiter);
        Assert.False(gate.WaitAsync().GetAwaiter().IsCompleted);
        Assert.True(gate.HasWaiter);
    });

    [Fact]
    public void Opening_does_not_run_the_waiter_inside_the_call() => Run(() =>
    {
        var gate = new IoGate();
        int passed = 0;
        _ = Pass(gate, () => passed++);
        gate.Open();
        Assert.Equal(0, passed);
    });

    [Fact]
    public void Opening_often_while_one_waits_lets_it_through_once()
    {
        var gate = new IoGate();
        int passed = 0;
        Run(() =>
        {
            _ = Loop(gate, () => passed++);
            gate.Open();
            gate.Open();
            gate.Open();
        });
        Run(() => Assert.True(gate.HasWaiter));
        Assert.Equal(1, passed);
        Run(gate.Open);
        Run(() => Assert.True(gate.HasWaiter));
        Assert.Equal(2, passed);
    }

    [Fact]
    public void A_second_waiter_is_refused() => Run(() =>
    {
        var gate = new IoGate();
        _ = gate.WaitAsync();
        Assert.Throws<InvalidOperationException>(() => gate.WaitAsync());
    });

    private static async IoTask<int> Pass(IoGate gate, Action passed)
    {
        await gate.WaitAsync();
        passed();
        return 0;
    }

    private static async IoTask<int> Loop(IoGate gate, Action passed)
    {
        while (true)
        {
            await gate.WaitAsync();
            passed();
        }
    }

    private void Run(Action work) => _engine.RunAsync(async IoTask<int> () =>
    {
        work();
        return 0;
    }).WaitAsync(EngineHost.Patience).GetAwaiter().GetResult();
}
