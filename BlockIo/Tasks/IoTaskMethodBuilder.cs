using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Tapvisor.BlockIo.Engines;

namespace Tapvisor.BlockIo.Tasks;

/// <summary>What the compiler uses to build methods that return <see cref="IoTask{T}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct IoTaskMethodBuilder<T>
{
    private IoSource<T>? _box;
    private T _result;

    /// <summary>Starts with nothing: a method that never suspends needs no box.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "The compiler's pattern.")]
    public static IoTaskMethodBuilder<T> Create() => default;

    /// <summary>The task the caller gets.</summary>
    public readonly IoTask<T> Task => _box is null ? new IoTask<T>(_result) : new IoTask<T>(_box);

    /// <summary>Runs up to the first await that has to wait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Not used: boxes are typed.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method returned.</summary>
    public void SetResult(T result)
    {
        if (_box is null)
            _result = result;
        else
            _box.Complete(result);
    }

    /// <summary>The method threw.</summary>
    public void SetException(Exception exception)
    {
        if (_box is null)
            _box = new IoFailure<T>(exception);
        else
            _box.Fail(exception);
    }

    /// <summary>Not for engine code: a foreign awaiter would resume on another thread.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        throw new NotSupportedException($"A method that returns IoTask may await only IoTasks, not {typeof(TAwaiter)}.");

    /// <summary>Suspends the method until <paramref name="awaiter"/> has its result.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        IoContinuation box = _box ?? Rent(ref stateMachine);

        // The type test folds away, and reading the source through its known place avoids the box that an interface call on a
        // struct costs in unoptimised code: 32 bytes an await in a service's first seconds.
        if (default(TAwaiter) is IIoAwaiter)
            Unsafe.As<TAwaiter, AwaiterHead>(ref awaiter).Source.OnCompleted(box);
        else
            throw new NotSupportedException($"A method that returns IoTask may await only IoTasks, not {typeof(TAwaiter)}.");
    }

    private IoSource<T> Rent<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        IoStateMachineBox<TStateMachine, T> box = IoEngine.Required.Boxes.Rent<TStateMachine, T>();

        // The builder is a field of the state machine: it must know its box before the machine is copied into it.
        _box = box;
        box.StateMachine = stateMachine;
        return box;
    }

    private readonly struct AwaiterHead(IoSource source)
    {
        internal readonly IoSource Source = source;
    }
}
