using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Messages;

namespace Tapvisor.Supervisor.Control;

/// <summary>
/// One connection to the control socket: one request, its answer, and the end, as upstream's clients expect. However the request's bytes
/// are split, and whether or not the client stays for the answer, nobody else waits for it.
/// </summary>
internal sealed class ControlSession(Socket socket, IActorRef supervisor, TimeSpan timeout, ILogger log) : IDisposable
{
    private readonly CancellationTokenSource _dropped = new();

    /// <summary>The client's request has not arrived: the session may be dropped in favour of another.</summary>
    internal bool IsSilent { get; private set; } = true;

    /// <summary>Ends a silent session.</summary>
    internal void Drop() => _dropped.Cancel();

    /// <summary>Serves the connection to its end; throws nothing but what is a defect.</summary>
    internal async Task RunAsync()
    {
        try
        {
            foreach (TapdiskResponse response in await ServeAsync())
                await SendAsync(response);
        }
        catch (OperationCanceledException) when (_dropped.IsCancellationRequested)
        {
            log.Dropped("all connections were taken and this one had been silent longest");
        }
        catch (OperationCanceledException)
        {
            log.Dropped($"the client sent no whole request, or did not take its answer, within {timeout.TotalSeconds:0.###} s");
        }
        catch (SocketException e)
        {
            log.Dropped(e.Message);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        socket.Dispose();
        _dropped.Dispose();
    }

    private async Task<IReadOnlyList<TapdiskResponse>> ServeAsync()
    {
        TapdiskRequest? request;
        try
        {
            request = await ReceiveAsync();
        }
        catch (ControlException e)
        {
            log.Dropped(e.Message);
            return [new TapdiskResponse.Error(0, e.Errno, $"Bad request: {e.Message}.")];
        }
        IsSilent = false;
        return request is null ? [] : await AnswerAsync(request);
    }

    private async Task<TapdiskRequest?> ReceiveAsync()
    {
        // It may hold a key: pinned, so that the collector leaves no copy behind.
        byte[] buffer = GC.AllocateArray<byte>(TapdiskMessageLayout.MaxRequestLength, pinned: true);
        try
        {
            return await ReceiveAsync(buffer);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private async Task<TapdiskRequest?> ReceiveAsync(byte[] buffer)
    {
        using CancellationTokenSource deadline = Deadline();
        int received = 0;
        int needed = TapdiskMessageLayout.MessageLength;
        while (received < needed)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(received, needed - received), deadline.Token);
            if (count == 0)
            {
                if (received > 0)
                    log.Dropped($"the client left after {received} of {needed} bytes");
                return null;
            }
            received += count;
            needed = TapdiskMessageCodec.RequestLength(buffer.AsSpan(0, received));
        }
        TapdiskRequest request = TapdiskMessageCodec.DecodeRequest(buffer.AsSpan(0, received));
        log.Request(request.Type, request.Cookie);
        return request;
    }

    private async Task<IReadOnlyList<TapdiskResponse>> AnswerAsync(TapdiskRequest request)
    {
        // No timeout: a pause takes as long as the requests in flight do, as upstream's does, and the client has its own patience.
        object answer = await supervisor.Ask<object>(request, Timeout.InfiniteTimeSpan);

        // Whoever needs the key has a copy by now.
        if (request is TapdiskRequest.Open { Key: { } key })
            key.Dispose();
        switch (answer)
        {
            case DiskProtocol.Listing listing:
                return listing.Entries;
            case TapdiskResponse.Error error:
                log.Failed(request.Type, request.Cookie, error.Errno, error.Text);
                return [error];
            case TapdiskResponse response:
                return [response];
            default:
                throw new InvalidOperationException($"{request.Type} was answered by {answer}.");
        }
    }

    private async Task SendAsync(TapdiskResponse response)
    {
        using CancellationTokenSource deadline = Deadline();
        byte[] bytes = TapdiskMessageCodec.Encode(response);
        for (int sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent), deadline.Token);
    }

    private CancellationTokenSource Deadline()
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(_dropped.Token);
        deadline.CancelAfter(timeout);
        return deadline;
    }
}
