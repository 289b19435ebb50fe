using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>A listening Unix socket of a real kernel.</summary>
internal sealed class PosixListener : IoListener
{
    // Short of descriptors or memory, the next connection has to wait for somebody to give some back.
    private static readonly TimeSpan s_shortage = TimeSpan.FromMilliseconds(100);

    private readonly PosixEngine _engine;
    private readonly PosixHandle _handle;
    private readonly UnixSocket _socket;

    internal PosixListener(PosixEngine engine, IoScope scope, string path, UnixSocket socket)
        : base(scope, path)
    {
        _engine = engine;
        _socket = socket;
        _handle = new PosixHandle(engine, scope, socket.Descriptor, PosixHandleKind.Listener);
        engine.Remember(_handle);
    }

    public override async IoTask<IoSocket?> AcceptAsync(IoScope connection)
    {
        while (_handle.Refusal == 0)
        {
            int accepted = await _handle.Start(PosixOpcode.Accept, 0, 0, 0, SOCK_CLOEXEC);
            if (accepted >= 0)
                return _engine.Adopt(connection, accepted);
            if (accepted is -Errno.EINTR or -Errno.ECONNABORTED || _handle.Refusal != 0)
                continue;
            await Scope.DelayAsync(s_shortage);
        }
        return null;
    }

    public override IoTask<int> CloseAsync()
    {
        if (!_handle.IsClosing)
            _socket.Unlink();
        return _handle.CloseAsync();
    }
}
