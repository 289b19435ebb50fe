using System.Runtime.CompilerServices;

namespace Tapvisor.BlockIo.Tasks;

/// <summary>
/// Result of an <c>async</c> method that runs, suspends and resumes on one engine's thread. Unlike Task and ValueTask it allocates
/// nothing in steady state however many are in flight (the state machines are pooled by the engine) and never captures a context.
/// Await it exactly once, and await nothing but IoTasks inside.
/// </summary>
/// <typeparam name="T">Type of the result; by convention an int that is ≥ 0, or a negative errno.</typeparam>
[AsyncMethodBuilder(typeof(IoTaskMethodBuilder<>))]
public readonly struct IoTask<T>
{
    private readonly IoSource<T>? _source;
    private readonly T _result;
    private readonly int _version;

    /// <summary>A task that is complete from the start.</summary>
    public IoTask(T result)
    {
        _source = null;
        _result = result;
    }

    /// <summary>A task that completes with its source.</summary>
    public IoTask(IoSource<T> source)
    {
        _source = source;
        _result = default!;
        _version = source.Version;
    }

    /// <summary>The pattern that <c>await</c> looks for.</summary>
    public IoTaskAwaiter<T> GetAwaiter() => new(_source, _result, _version);
}
