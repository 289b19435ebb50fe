using System.Net.Sockets;

namespace Tapvisor.XenStore.Client;

/// <summary>xenstored's Unix socket.</summary>
internal sealed class SocketTransport : IXenStoreTransport
{
    // xenstored lets one client wait to be accepted; the others are told to come again.
    private const int ConnectAttempts = 100;

    private static readonly TimeSpan s_connectPause = TimeSpan.FromMilliseconds(10);

    private readonly NetworkStream _stream;

    private SocketTransport(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    public int MaxMessage => XenStoreLimits.Header + XenStoreLimits.Payload;

    public bool TakesSeveral => true;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    internal static async Task<SocketTransport> ConnectAsync(string path, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await TryConnectAsync(path, cancellation);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock && attempt < ConnectAttempts)
            {
                await Task.Delay(s_connectPause, cancellation);
            }
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _stream.ReadAsync(buffer);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> message) => _stream.WriteAsync(message);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static async Task<SocketTransport> TryConnectAsync(string path, CancellationToken cancellation)
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
}
