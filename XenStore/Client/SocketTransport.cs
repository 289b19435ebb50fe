using System.Net.Sockets;

namespace Tapvisor.XenStore.Client;

/// <summary>xenstored's Unix socket.</summary>
internal sealed class SocketTransport : IXenStoreTransport
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private SocketTransport(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public int MaxMessage => XenStoreLimits.Header + XenStoreLimits.Payload;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    internal static async Task<SocketTransport> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new SocketTransport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _stream.ReadAsync(buffer);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> message) => _stream.WriteAsync(message);

    public ValueTask DisposeAsync()
    {
        // Wakes a read that is under way, which closing alone may not.
        if (_socket.Connected)
            _socket.Shutdown(SocketShutdown.Both);
        return _stream.DisposeAsync();
    }
}
