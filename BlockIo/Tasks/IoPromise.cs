using Tapvisor.BlockIo.Engines;

namespace Tapvisor.BlockIo.Tasks;

/// <summary>
/// A result that other code on the same engine supplies. It resumes its waiter from the engine's ready queue, never inside
/// <see cref="Set"/>: the one who sets it may be in the middle of changing what the waiter looks at, and long chains of waiters
/// must not become deep stacks. Reusable as soon as its result has been taken.
/// </summary>
/// <typeparam name="T">Type of the result.</typeparam>
public sealed class IoPromise<T> : IoSource<T>
{
    private T? _pending;

    /// <summary>A result is set and its waiter is about to run, or has not come yet.</summary>
    public bool IsSet { get; private set; }

    /// <summary>The task to await; once for each <see cref="Set"/>.</summary>
    public IoTask<T> Task => new(this);

    /// <summary>Supplies the result; once for each await.</summary>
    public void Set(T result)
    {
        if (IsSet)
            throw new InvalidOperationException("An IoPromise is set twice.");
        IsSet = true;
        _pending = result;
        IoEngine.Required.Schedule(this);
    }

    internal override void Resume()
    {
        T result = _pending!;
        _pending = default;
        Complete(result);
    }

    /// <inheritdoc />
    protected override void Recycle() => IsSet = false;
}
