using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Simulation.Engine;

/// <summary>
/// One thing that a coroutine of a simulated engine waits for: a timer, the latency of an operation, or somebody's wake-up. Pooled by
/// its engine.
/// </summary>
internal sealed class SimulatedWait(SimulatedEngine engine) : IoSource<int>
{
    /// <summary>Whose coroutine waits.</summary>
    internal SimulatedEngine Engine { get; } = engine;

    /// <summary>Revoking it ends the wait; null for what cannot be revoked, such as closing.</summary>
    internal IoScope? Scope { get; set; }

    /// <summary>A timer does not keep <see cref="SimulatedMachine.Run"/> going.</summary>
    internal bool IsTimer { get; set; }

    /// <summary>Revoking the scope always ends it, as it does a timer; else by the seed, as with I/O that a device holds.</summary>
    internal bool IsAlwaysCancelled { get; set; }

    /// <summary>A fault holds it until <see cref="SimulatedMachine.ReleaseHung"/> or a revocation.</summary>
    internal bool IsHung { get; set; }

    /// <summary>What it completes with.</summary>
    internal int Result { get; set; }

    /// <summary>In the machine's queue of events.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Tells the queue's entry for this use from one that was superseded.</summary>
    internal int Turn { get; set; }

    /// <summary>Place in the engine's list of what is pending; −1 when it is not.</summary>
    internal int Slot { get; set; } = -1;

    internal override void Resume() => throw new InvalidOperationException("A simulated wait is completed by its machine.");

    protected override void Recycle() => Engine.Recycle(this);
}
