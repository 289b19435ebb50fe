namespace Tapvisor.BlockIo.Tasks;

/// <summary>The part of <see cref="IoSource{T}"/> that does not depend on the result's type: who waits for it.</summary>
public abstract class IoSource : IoContinuation
{
    private IoContinuation? _waiter;

    /// <summary>The result is there and has not been taken yet.</summary>
    internal bool IsCompleted { get; private set; }

    /// <summary>How often a result was taken: tells a task from the next one of the same source.</summary>
    internal int Version { get; private set; }

    /// <summary><see cref="IsCompleted"/>, for whoever got the task in <paramref name="version"/>.</summary>
    internal bool IsCompletedIn(int version) =>
        version == Version ? IsCompleted : throw new InvalidOperationException("An IoTask is awaited after its result was taken.");

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
        Version++;
        _waiter = null;
    }
}
