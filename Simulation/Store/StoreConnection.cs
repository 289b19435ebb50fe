using System.Net.Sockets;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Simulation.Store;

/// <summary>A client's socket: requests in, answers and events out. What cannot be a message ends it.</summary>
internal sealed class StoreConnection
{
    private readonly Socket _socket;
    private readonly StoreState _state;
    private readonly StoreSession _session;
    private readonly StoreRequests _requests;

    internal StoreConnection(Socket socket, StoreState state, uint domId)
    {
        _socket = socket;
        _state = state;
        _session = new StoreSession(state, domId, Close);
        _requests = new StoreRequests(state, _session);
        Ended = RunAsync();
    }

    internal Task Ended { get; }

    /// <summary>Ends it, wherever it is; the client notices.</summary>
    internal void Close() => _socket.Dispose();

    private async Task RunAsync()
    {
        await Task.Yield();
        lock (_state.Guard)
            _state.Add(_session);
        Task receiving = ReceiveAsync();
        await SendAsync();
        _socket.Dispose();
        await receiving;
        lock (_state.Guard)
            _state.Remove(_session);
    }

    private async Task ReceiveAsync()
    {
        var reader = new MessageReader();
        try
        {
            for (;;)
            {
                int count = await _socket.ReceiveAsync(reader.Free);
                if (count == 0)
                    break;
                reader.Advance(count);
                while (reader.TryRead(out XenStoreMessage? request))
                {
                    lock (_state.Guard)
                        _requests.Answer(request);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or XenStoreException)
        {
            // It ends, as xenstored ends the connection of who breaks the protocol.
        }
        _session.End();
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (byte[] message in _session.Outgoing.ReadAllAsync())
            {
                for (int sent = 0; sent < message.Length;)
                    sent += await _socket.SendAsync(message.AsMemory(sent));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has gone; what receives notices as well.
        }
    }
}
