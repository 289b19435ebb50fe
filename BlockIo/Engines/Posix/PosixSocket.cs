using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>A connected stream socket of a real kernel.</summary>
internal sealed class PosixSocket : IoSocket
{
    private readonly PosixEngine _engine;
    private readonly PosixHandle _handle;

    internal PosixSocket(PosixEngine engine, IoScope scope, int fd)
        : base(scope)
    {
        _engine = engine;
        _handle = new PosixHandle(engine, scope, fd, PosixHandleKind.Socket);
        engine.Remember(_handle);
    }

    public override IoTask<int> ReceiveAsync(IoBuffer buffer, bool all = false) =>
        _handle.Start(PosixOpcode.Receive, buffer.Address, buffer.Length, 0, all ? MSG_WAITALL : 0);

    public override IoTask<int> SendAsync(IoVectorList parts)
    {
        if (_handle.Refusal != 0)
            return new IoTask<int>(_handle.Refusal);
        if (parts.TotalLength == 0)
            return new IoTask<int>(0);
        if (parts.TotalLength > int.MaxValue)
            return new IoTask<int>(-Errno.EMSGSIZE);
        PosixOperation send = _handle.Begin(PosixOpcode.Send, parts.Address, (int)parts.TotalLength, 0, MSG_WAITALL | MSG_NOSIGNAL);
        send.PrepareSend(parts.Count);
        _engine.Submit(send);
        return new IoTask<int>(send);
    }

    public override IoTask<int> ReceiveDescriptorAsync(IoBuffer buffer)
    {
        if (_handle.Refusal != 0)
            return new IoTask<int>(_handle.Refusal);
        PosixOperation receive = _handle.Begin(PosixOpcode.ReceiveMessage, buffer.Address, buffer.Length, 0, MSG_CMSG_CLOEXEC);
        receive.PrepareReceiveMessage();
        _engine.Submit(receive);
        return new IoTask<int>(receive);
    }

    public override void Shutdown() => _handle.Shutdown();

    public override IoTask<int> CloseAsync() => _handle.CloseAsync();
}
