using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.BlockIo.Engines;

/// <summary>
/// Everything one incarnation of an image driver, or one connection, has in flight. Revoking a scope is how a faulted driver is
/// fenced: from then on its files and timers refuse new operations with −ECANCELED, what waits is woken, and when
/// <see cref="DrainAsync"/> returns the kernel holds no operation of it any more, so that an old write cannot land after a newer one.
/// Used on its engine's thread only.
/// </summary>
public sealed class IoScope(IoEngine engine, string name)
{
    private readonly IoGate _drained = new();

    /// <summary>Whose thread it lives on.</summary>
    public IoEngine Engine { get; } = engine;

    /// <summary>For logs: what the scope belongs to.</summary>
    public string Name { get; } = name;

    /// <summary>No operation may start any more.</summary>
    public bool IsRevoked { get; private set; }

    /// <summary>Operations that the kernel, a helper thread or a timer still holds.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Raised once by <see cref="Revoke"/>: for what waits on something other than the engine, such as a fault filter.</summary>
    public event Action? Revoked;

    /// <summary>Refuses new operations from now on and asks the kernel to cancel those in flight. Idempotent.</summary>
    public void Revoke()
    {
        if (IsRevoked)
            return;
        IsRevoked = true;
        Engine.CancelOperations(this);
        Revoked?.Invoke();
    }

    /// <summary>Waits until nothing is outstanding; one waiter at a time.</summary>
    public async IoTask<int> DrainAsync()
    {
        while (Outstanding > 0)
            await _drained.WaitAsync();
        return 0;
    }

    /// <summary>Completes after <paramref name="delay"/> with 0, or with −ECANCELED when the scope is revoked.</summary>
    public IoTask<int> DelayAsync(TimeSpan delay) =>
        IsRevoked ? new IoTask<int>(-Errno.ECANCELED) : Engine.DelayAsync(this, delay);

    /// <summary>An operation begins.</summary>
    internal void Enter() => Outstanding++;

    /// <summary>An operation has ended; called before its waiter runs.</summary>
    internal void Leave()
    {
        Outstanding--;
        if (Outstanding == 0)
            _drained.Open();
    }
}
