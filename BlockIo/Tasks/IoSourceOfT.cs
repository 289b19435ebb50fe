using System.Runtime.ExceptionServices;

namespace Tapvisor.BlockIo.Tasks;

/// <summary>
/// What an <see cref="IoTask{T}"/> waits for. It has one waiter at most and its result is taken exactly once, after which the
/// source goes back to its pool: holding on to an IoTask after awaiting it is a bug, as with ValueTask.
/// </summary>
/// <typeparam name="T">Type of the result.</typeparam>
public abstract class IoSource<T> : IoSource
{
    private Exception? _error;
    private T? _result;

    /// <summary>Stores the result and resumes the waiter, if there is one yet, before it returns.</summary>
    protected internal void Complete(T result)
    {
        _result = result;
        Signal();
    }

    /// <summary>As <see cref="Complete"/>, with an exception for the waiter.</summary>
    protected internal void Fail(Exception error)
    {
        _error = error;
        Signal();
    }

    internal T TakeResult()
    {
        T result = _result!;
        Exception? error = _error;
        Clear();
        _error = null;
        _result = default;
        Recycle();
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);
        return result;
    }

    /// <summary>Called when the result has been taken: the source may be used again.</summary>
    protected abstract void Recycle();
}
