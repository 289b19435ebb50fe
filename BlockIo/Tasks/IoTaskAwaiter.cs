using System.Runtime.CompilerServices;

namespace Tapvisor.BlockIo.Tasks;

/// <summary>Awaiter of <see cref="IoTask{T}"/>; its first word is the source (see <see cref="IoTaskMethodBuilder{T}"/>).</summary>
public readonly struct IoTaskAwaiter<T> : ICriticalNotifyCompletion, IIoAwaiter
{
    private readonly IoSource<T>? _source;
    private readonly T _result;
    private readonly int _version;

    internal IoTaskAwaiter(IoSource<T>? source, T result, int version)
    {
        _version = version;
        _source = source;
        _result = result;
    }

    /// <summary>True when the result can be taken without waiting.</summary>
    public bool IsCompleted => _source is null || _source.IsCompletedIn(_version);

    /// <summary>Takes the result, or throws what the method threw.</summary>
    public T GetResult() => _source is null ? _result : _source.TakeResult();

    /// <inheritdoc />
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc />
    public void UnsafeOnCompleted(Action continuation) =>
        throw new NotSupportedException("An IoTask can be awaited only inside a method that returns IoTask.");

    void IIoAwaiter.Await(IoContinuation waiter) => _source!.OnCompleted(waiter);
}
