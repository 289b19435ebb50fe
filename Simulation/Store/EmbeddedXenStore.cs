using System.Net.Sockets;
using Tapvisor.XenStore.Client;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Simulation.Store;

/// <summary>
/// A store in this process that speaks XenStore's protocol on Unix sockets: for development, for tests, and for the service on a host
/// without Xen. Who a client is depends on the socket it came through. Nothing of it outlives the process.
/// </summary>
public sealed class EmbeddedXenStore : IAsyncDisposable
{
    private const int Backlog = 128;

    private readonly StoreState _state;
    private readonly Lock _guard = new();
    private readonly List<(Socket Socket, string Path)> _listeners = [];
    private readonly HashSet<StoreConnection> _connections = [];
    private readonly List<Task> _tasks = [];
    private bool _disposed;

    /// <summary>An empty store.</summary>
    public EmbeddedXenStore(StoreQuota? quota = null) => _state = new StoreState(quota ?? new StoreQuota());

    /// <summary>Watches of all connections: what clients have not let go of.</summary>
    internal int WatchCount
    {
        get
        {
            lock (_state.Guard)
                return _state.WatchCount;
        }
    }

    /// <summary>Opens a socket for a domain; domain 0 has every privilege. A file of that name is replaced.</summary>
    /// <exception cref="SocketException">The socket cannot be opened there.</exception>
    public XenStoreEndpoint Listen(string path, uint domId = 0)
    {
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
        lock (_guard)
        {
            _listeners.Add((listener, path));
            _tasks.Add(AcceptAsync(listener, domId));
        }
        return new XenStoreEndpoint(path);
    }

    /// <summary>Closes every connection, as a restart of xenstored does; the tree and the sockets stay.</summary>
    public async Task DropConnectionsAsync()
    {
        StoreConnection[] connections;
        lock (_guard)
            connections = [.. _connections];
        foreach (StoreConnection connection in connections)
            connection.Close();
        foreach (StoreConnection connection in connections)
            await connection.Ended;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        foreach ((Socket socket, string path) in _listeners)
        {
            socket.Dispose();
            File.Delete(path);
        }
        await Task.WhenAll(_tasks);
        await DropConnectionsAsync();
    }

    private async Task AcceptAsync(Socket listener, uint domId)
    {
        await Task.Yield();
        for (;;)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            var connection = new StoreConnection(socket, _state, domId);
            lock (_guard)
                _connections.Add(connection);
            _ = ForgetAsync(connection);
        }
    }

    private async Task ForgetAsync(StoreConnection connection)
    {
        await connection.Ended;
        lock (_guard)
            _connections.Remove(connection);
    }
}
