using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Signals;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.Simulation.Engine;

/// <summary>
/// A descriptor that nobody looks at: in virtual time nothing comes from outside, and a test delivers by itself what would be read from it.
/// </summary>
internal sealed class SimulatedSignal(SimulatedEngine engine, IoScope scope, int fd) : IoSignal(scope)
{
    private SimulatedWait? _waiter;
    private bool _closed;

    public override async IoTask<int> WaitAsync()
    {
        if (Scope.IsRevoked || _closed)
            return _closed ? -Errno.EBADF : -Errno.ECANCELED;
        Scope.Enter();
        _waiter = engine.Park(Scope);
        int result = await new IoTask<int>(_waiter);
        _waiter = null;
        Scope.Leave();
        return result;
    }

    public override IoTask<int> CloseAsync()
    {
        if (_closed)
            return new IoTask<int>(0);
        _closed = true;
        if (_waiter is { } waiter && !Scope.IsRevoked)
            engine.Wake(waiter, -Errno.ECANCELED);
        return new IoTask<int>(LibC.close(fd) < 0 ? -LibC.errno : 0);
    }
}
