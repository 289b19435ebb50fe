namespace Tapvisor.BlockIo.Tasks;

/// <summary>The part of <see cref="IoSource{T}"/> that does not depend on the result's type: who waits for it.</summary>
public abstract class IoSource : IoContinuation
{
    private IoContinuation? _waiter;

    /// <summary>The result is there and has not been taken yet.</summary>
    internal bool IsCompleted { get; private set; }

    internal void OnCompleted(IoContinuation waiter)
    {
        if (_waiter is not null)
            throw new InvalidOperationException("An IoTask is awaited twice.");
        _waiter = waiter;
    }

    /// <summary>Marks the result as there and resumes the waiter, if there is one yet, before it returns.</summary>
    private protected void Signal()
    {
        IsCompleted = true;
        _waiter?.Resume();
    }

    private protected void Clear()
    {
        if (!IsCompleted)
            throw new InvalidOperationException("An IoTask's result is taken before it is there, or twice.");
        IsCompleted = false;
        _waiter = null;
    }
}
