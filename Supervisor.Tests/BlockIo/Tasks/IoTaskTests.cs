using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Tests.BlockIo.Engines;

namespace Tapvisor.Tests.BlockIo.Tasks;

public sealed class IoTaskTests : IDisposable
{
    private readonly IoEngine _engine = IoEngines.Create(new IoEngineOptions { ArenaSize = 1 });

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_method_that_never_waits_is_complete_from_the_start()
    {
        Assert.Equal((true, 5), Run(async IoTask<(bool, int)> () =>
        {
            IoTask<int> task = Immediate(5);
            return (task.GetAwaiter().IsCompleted, await task);
        }));
    }

    [Fact]
    public void Nested_methods_hand_their_results_up()
    {
        var gate = new IoGate();
        Task<int> sum = _engine.RunAsync(() => Nested(gate, 20));
        _engine.Post(gate.Open);
        Assert.Equal(20, Wait(sum));
    }

    [Fact]
    public void An_exception_travels_through_all_layers_before_and_after_a_wait()
    {
        Assert.Equal("at once", Assert.Throws<FormatException>(() => Run(() => Outer(Fails("at once", null)))).Message);
        var gate = new IoGate();
        Task<int> late = _engine.RunAsync(() => Outer(Fails("later", gate)));
        _engine.Post(gate.Open);
        FormatException error = Assert.Throws<FormatException>(() => Wait(late));
        Assert.Equal("later", error.Message);
        Assert.Contains(nameof(Fails), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_can_be_caught_and_the_method_go_on()
    {
        var gate = new IoGate();
        Task<int> caught = _engine.RunAsync(async IoTask<int> () =>
        {
            try
            {
                return await Fails("caught", gate);
            }
            catch (FormatException)
            {
                return await Immediate(7);
            }
        });
        _engine.Post(gate.Open);
        Assert.Equal(7, Wait(caught));
    }

    [Fact]
    public void A_second_await_is_detected()
    {
        Assert.Throws<InvalidOperationException>(() => Run(async IoTask<int> () =>
        {
            var gate = new IoGate();
            IoTask<int> task = Nested(gate, 1);
            gate.Open();
            return await task + await task;
        }));
        Assert.Throws<InvalidOperationException>(() => Run(async IoTask<int> () =>
        {
            var promise = new IoPromise<int>();
            IoTask<int> task = promise.Task;
            _ = Outer(task);
            return await task;
        }));
    }

    [Fact]
    public void Awaiting_anything_else_is_refused()
    {
        var never = new TaskCompletionSource<int>();
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => Run(async IoTask<int> () => await never.Task));
        Assert.Contains("TaskAwaiter", error.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Run(async IoTask<int> () =>
        {
            await Task.Yield();
            return 0;
        }));
    }

    [Fact]
    public void Awaiting_an_IoTask_elsewhere_is_refused()
    {
        IoTask<int> task = Wait(_engine.RunAsync(async () => new IoGate().WaitAsync()));
        Assert.Throws<NotSupportedException>(() => task.GetAwaiter().OnCompleted(() => { }));
    }

    [Fact]
    public void A_method_that_has_to_wait_needs_an_engine() =>
        Assert.Throws<InvalidOperationException>(() => Nested(new IoGate(), 1).GetAwaiter().GetResult());

    [Fact]
    public void Values_of_any_type_can_be_results()
    {
        Assert.Equal("text", Run(async IoTask<string> () => await OfType("text")));
        Assert.Equal((1L, 2), Run(async IoTask<(long, int)> () => await OfType((1L, 2))));
        Assert.Null(Run(async IoTask<object?> () => await OfType<object?>(null)));
    }

    [Fact]
    public void Ten_thousand_methods_may_wait_at_once()
    {
        var gates = new IoGate[10_000];
        Assert.Equal(10_000 * 9999 / 2, Run(async IoTask<int> () =>
        {
            var tasks = new IoTask<int>[gates.Length];
            for (int i = 0; i < gates.Length; i++)
                tasks[i] = Tag(gates[i] = new IoGate(), i);
            for (int i = gates.Length - 1; i >= 0; i--)
                gates[i].Open();
            int sum = 0;
            foreach (IoTask<int> task in tasks)
                sum += await task;
            return sum;
        }));
    }

    private static async IoTask<int> Immediate(int value) => value;

    private static async IoTask<int> Outer(IoTask<int> inner) => await inner;

    private static async IoTask<int> Tag(IoGate gate, int tag)
    {
        await gate.WaitAsync();
        return tag;
    }

    private static async IoTask<T> OfType<T>(T value)
    {
        await Engine.DelayAsync(new IoScope(Engine, "value"), TimeSpan.Zero);
        return value;
    }

    private static IoEngine Engine => IoEngine.Current!;

    private static async IoTask<int> Nested(IoGate gate, int depth) =>
        depth == 0 ? await gate.WaitAsync() : 1 + await Nested(gate, depth - 1);

    private static async IoTask<int> Fails(string message, IoGate? gate)
    {
        if (gate is not null)
            await gate.WaitAsync();
        throw new FormatException(message);
    }

    private static T Wait<T>(Task<T> task) => task.WaitAsync(EngineHost.Patience).GetAwaiter().GetResult();

    private T Run<T>(Func<IoTask<T>> work) => Wait(_engine.RunAsync(work));
}
