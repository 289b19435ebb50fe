using System.Net.Sockets;
using Tapvisor.Native;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.XenStore.Client;

/// <summary>
/// One connection, from its opening to its end: requests find their replies by number, whatever their order; watch events go where the
/// owner says, told by their type alone, because the kernel's device leaves their numbers as they happened to be.
/// </summary>
internal sealed class XenStoreConnection : IAsyncDisposable
{
    private readonly IXenStoreTransport _transport;
    private readonly Action<string, string> _onEvent;
    private readonly Lock _guard = new();
    private readonly Dictionary<uint, TaskCompletionSource<XenStoreMessage>> _pending = [];
    private readonly SemaphoreSlim _writing = new(1);
    private uint _lastRequest;
    private string? _lost;
    private bool _disposed;

    /// <param name="transport">Belongs to the connection from here on.</param>
    /// <param name="onEvent">Takes a watch event's path and token.</param>
    internal XenStoreConnection(IXenStoreTransport transport, Action<string, string> onEvent)
    {
        _transport = transport;
        _onEvent = onEvent;
        Closed = ReceiveAsync();
    }

    /// <summary>Ends when the connection has, with the reason.</summary>
    internal Task<string> Closed { get; }

    /// <summary>Sends a request and gives the payload of its reply.</summary>
    /// <exception cref="XenStoreException">The store's refusal; E2BIG without asking it; or ENOTCONN.</exception>
    internal async Task<byte[]> RequestAsync(XenStoreMessageType type, uint transaction, byte[] payload, string path)
    {
        if (XenStoreLimits.Header + payload.Length > _transport.MaxMessage)
            throw new XenStoreException(Errno.E2BIG, type.ToString(), path);
        var reply = new TaskCompletionSource<XenStoreMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        uint id = Register(reply);
        try
        {
            return Check(await ExchangeAsync(new XenStoreMessage(type, id, transaction, payload).Encode(), reply.Task), type, path);
        }
        catch (Exception e) when (IsLoss(e))
        {
            throw new XenStoreException(Errno.ENOTCONN, type.ToString(), path, $"the connection is lost: {e.Message}", e);
        }
        finally
        {
            lock (_guard)
                _pending.Remove(id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _transport.DisposeAsync();
        await Closed;
    }

    private static bool IsLoss(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    private static byte[] Check(XenStoreMessage answer, XenStoreMessageType type, string path)
    {
        if (answer.Type == type)
            return answer.Payload;
        throw answer.Type == XenStoreMessageType.XS_ERROR
            ? new XenStoreException(XenStoreErrors.Parse(Payload.Text(answer.Payload).TrimEnd('\0')), type.ToString(), path)
            : new XenStoreException(Errno.EIO, type.ToString(), path, $"it was answered with {answer.Type}");
    }

    /// <summary>Gives the request its number.</summary>
    private uint Register(TaskCompletionSource<XenStoreMessage> reply)
    {
        lock (_guard)
        {
            if (_lost is { } reason)
                reply.SetException(new IOException(reason));
            _pending.Add(++_lastRequest, reply);
            return _lastRequest;
        }
    }

    private async Task<XenStoreMessage> ExchangeAsync(byte[] message, Task<XenStoreMessage> reply)
    {
        await _writing.WaitAsync();
        try
        {
            await _transport.WriteAsync(message);
            if (!_transport.TakesSeveral)
                return await reply;
        }
        finally
        {
            _writing.Release();
        }
        return await reply;
    }

    private async Task<string> ReceiveAsync()
    {
        await Task.Yield();
        string reason = await ReadUntilEndAsync();
        lock (_guard)
        {
            _lost = reason;
            foreach (TaskCompletionSource<XenStoreMessage> waiting in _pending.Values)
                waiting.TrySetException(new IOException(reason));
        }
        return reason;
    }

    private async Task<string> ReadUntilEndAsync()
    {
        var reader = new MessageReader();
        try
        {
            for (;;)
            {
                int count = await _transport.ReadAsync(reader.Free);
                if (count == 0)
                    return "the store closed it";
                reader.Advance(count);
                while (reader.TryRead(out XenStoreMessage? message))
                    Dispatch(message);
            }
        }
        catch (Exception e) when (IsLoss(e) || e is XenStoreException)
        {
            return e.Message;
        }
    }

    private void Dispatch(XenStoreMessage message)
    {
        if (message.Type == XenStoreMessageType.XS_WATCH_EVENT)
        {
            if (Payload.TrySplit(message.Payload, out string[]? strings) && strings.Length >= 2)
                _onEvent(strings[0], strings[1]);
            return;
        }
        lock (_guard)
        {
            if (_pending.TryGetValue(message.RequestId, out TaskCompletionSource<XenStoreMessage>? waiting))
                waiting.TrySetResult(message);
        }
    }
}
