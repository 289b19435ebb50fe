using System.Runtime.CompilerServices;

namespace Tapvisor.BlockIo.Tasks;

/// <summary>Where the state of a suspended coroutine lives; pooled by its engine.</summary>
internal sealed class IoStateMachineBox<TStateMachine, T>(IoBoxPool pool) : IoSource<T>
    where TStateMachine : IAsyncStateMachine
{
    internal TStateMachine StateMachine = default!;
    internal IoStateMachineBox<TStateMachine, T>? NextFree;

    internal override void Resume() => StateMachine.MoveNext();

    protected override void Recycle()
    {
        // Drops the references that the coroutine's locals held.
        StateMachine = default!;
        pool.Return(this);
    }
}
