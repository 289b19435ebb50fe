using Tapvisor.BlockIo.Signals;
using Tapvisor.BlockIo.Tasks;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>A descriptor of a real kernel that is polled.</summary>
internal sealed class PosixSignal : IoSignal
{
    private readonly PosixHandle _handle;

    internal PosixSignal(PosixEngine engine, IoScope scope, int fd)
        : base(scope)
    {
        _handle = new PosixHandle(engine, scope, fd, PosixHandleKind.Signal);
        engine.Remember(_handle);
    }

    public override IoTask<int> WaitAsync() => _handle.Start(PosixOpcode.Poll, 0, 0, 0, POLLIN);

    public override IoTask<int> CloseAsync() => _handle.CloseAsync();
}
