using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Signals;

/// <summary>
/// A descriptor that becomes readable when something has happened: an eventfd, a pipe, /dev/xen/evtchn. Whoever waits reads it himself.
/// Used on its engine's thread only.
/// </summary>
public abstract class IoSignal(IoScope scope)
{
    /// <summary>What the waits are counted in.</summary>
    public IoScope Scope { get; } = scope;

    /// <summary>Waits until the descriptor is readable, in error, or at its end; one waiter at a time.</summary>
    /// <returns>A set of POLLIN, POLLERR and POLLHUP, or a negative errno.</returns>
    public abstract IoTask<int> WaitAsync();

    /// <summary>Ends a wait with −ECANCELED and closes the descriptor. Works on a revoked scope; idempotent.</summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract IoTask<int> CloseAsync();
}
