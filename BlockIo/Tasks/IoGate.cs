namespace Tapvisor.BlockIo.Tasks;

/// <summary>
/// Lets one coroutine wait until there is something to do. Opening it once or many times before the coroutine comes back lets it
/// through once: the coroutine looks itself at what there is.
/// </summary>
public sealed class IoGate
{
    private readonly IoPromise<int> _promise = new();
    private bool _open;
    private bool _waiting;

    /// <summary>Somebody is at the gate.</summary>
    public bool HasWaiter => _waiting;

    /// <summary>Waits until the gate has been opened since the last wait. One waiter at a time.</summary>
    public IoTask<int> WaitAsync()
    {
        if (_open)
        {
            _open = false;
            return new IoTask<int>(0);
        }
        if (_waiting)
            throw new InvalidOperationException("An IoGate has two waiters.");
        _waiting = true;
        return _promise.Task;
    }

    /// <summary>Lets the waiter through, now or when it comes.</summary>
    public void Open()
    {
        if (!_waiting)
        {
            // One that has been let through and has not run yet will look at what there is when it does.
            _open = !_promise.IsSet;
            return;
        }
        _waiting = false;
        _promise.Set(0);
    }
}
