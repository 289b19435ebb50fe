using System.Runtime.CompilerServices;

namespace Tapvisor.BlockIo.Tasks;

/// <summary>
/// An engine's free lists of coroutine boxes, one list per coroutine. There are as many boxes as were ever in flight at once,
/// which the limits on requests bound; only the engine's thread uses them, so there is no lock.
/// </summary>
internal sealed class IoBoxPool
{
    private static int s_kinds;

    private object?[] _free = new object?[64];

    internal IoStateMachineBox<TStateMachine, T> Rent<TStateMachine, T>()
        where TStateMachine : IAsyncStateMachine
    {
        int kind = Kind<TStateMachine>.Index;
        if (kind >= _free.Length)
            Array.Resize(ref _free, Math.Max(kind + 1, _free.Length * 2));
        if (_free[kind] is not { } free)
            return new IoStateMachineBox<TStateMachine, T>(this);
        var box = Unsafe.As<IoStateMachineBox<TStateMachine, T>>(free);
        _free[kind] = box.NextFree;
        box.NextFree = null;
        return box;
    }

    internal void Return<TStateMachine, T>(IoStateMachineBox<TStateMachine, T> box)
        where TStateMachine : IAsyncStateMachine
    {
        int kind = Kind<TStateMachine>.Index;
        box.NextFree = Unsafe.As<IoStateMachineBox<TStateMachine, T>?>(_free[kind]);
        _free[kind] = box;
    }

    private static class Kind<TStateMachine>
    {
        internal static readonly int Index = Interlocked.Increment(ref s_kinds) - 1;
    }
}
