using System.Threading.Tasks.Sources;

namespace Tapvisor.Benchmarks;

/// <summary>What IoPromise is to IoTask, for ValueTask: reusable, and resumes its waiter inside <see cref="Set"/>.</summary>
internal sealed class ValueTaskPromise : IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _core;

    internal ValueTask<int> Task => new(this, _core.Version);

    internal void Set(int result) => _core.SetResult(result);

    int IValueTaskSource<int>.GetResult(short token)
    {
        int result = _core.GetResult(token);
        _core.Reset();
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
