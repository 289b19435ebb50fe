using BenchmarkDotNet.Attributes;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Benchmarks;

/// <summary>What a layer of a driver costs as IoTask and as ValueTask: each operation waits once below all layers.</summary>
[MemoryDiagnoser]
public class IoTaskBenchmarks
{
    private const int Operations = 20_000;

    private readonly ValueTaskPromise _valueTaskPromise = new();
    private readonly IoPromise<int> _promise = new();
    private IoEngine _engine = null!;

    /// <summary>Async methods on top of each other.</summary>
    [Params(1, 2, 4)]
    public int Layers { get; set; }

    [GlobalSetup]
    public void Start() => _engine = IoEngines.Create(new IoEngineOptions());

    [GlobalCleanup]
    public void Stop() => _engine.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public int IoTask() => _engine.RunAsync(LoopAsync).GetAwaiter().GetResult();

    [Benchmark(OperationsPerInvoke = Operations)]
    public int ValueTask() => ValueTaskLoopAsync().AsTask().GetAwaiter().GetResult();

    private static async IoTask<int> LayerAsync(IoPromise<int> promise, int layers) =>
        layers == 1 ? await promise.Task : await LayerAsync(promise, layers - 1);

    private static async ValueTask<int> ValueTaskLayerAsync(ValueTaskPromise promise, int layers) =>
        layers == 1 ? await promise.Task : await ValueTaskLayerAsync(promise, layers - 1);

    private async IoTask<int> LoopAsync()
    {
        int sum = 0;
        for (int i = 0; i < Operations; i++)
        {
            IoTask<int> operation = LayerAsync(_promise, Layers);
            _promise.Set(i & 1);
            sum += await operation;
        }
        return sum;
    }

    private async ValueTask<int> ValueTaskLoopAsync()
    {
        int sum = 0;
        for (int i = 0; i < Operations; i++)
        {
            ValueTask<int> operation = ValueTaskLayerAsync(_valueTaskPromise, Layers);
            _valueTaskPromise.Set(i & 1);
            sum += await operation;
        }
        return sum;
    }
}
