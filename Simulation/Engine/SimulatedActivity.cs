using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Simulation.Engine;

/// <summary>Counts what a simulated file or socket has in flight, for its scope and for whoever closes it.</summary>
internal sealed class SimulatedActivity(SimulatedEngine engine, IoScope scope)
{
    private int _outstanding;
    private SimulatedWait? _closing;

    /// <summary>An operation begins.</summary>
    internal void Enter()
    {
        _outstanding++;
        scope.Enter();
    }

    /// <summary>An operation ends.</summary>
    internal void Leave()
    {
        _outstanding--;
        scope.Leave();
        if (_outstanding > 0 || _closing is not { } closing)
            return;
        _closing = null;
        engine.Wake(closing, 0);
    }

    /// <summary>Waits, once, until nothing is in flight; revoking the scope does not end the wait, as it ends what is waited for.</summary>
    internal async IoTask<int> DrainAsync()
    {
        if (_outstanding == 0)
            return 0;
        _closing = engine.Park(null);
        return await new IoTask<int>(_closing);
    }
}
