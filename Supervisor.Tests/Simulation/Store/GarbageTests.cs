using System.Net.Sockets;
using Tapvisor.Simulation.Store;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Tests.Simulation.Store;

/// <summary>Whatever arrives on a socket, the store goes on serving the others.</summary>
public sealed class GarbageTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EmbeddedXenStore _store = new();
    private XenStoreEndpoint _endpoint = null!;

    public Task InitializeAsync()
    {
        _endpoint = _store.Listen(_directory.At("xs"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Random_bytes_do_no_harm()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < 50; round++)
        {
            byte[] bytes = new byte[random.Next(1, 10000)];
            random.NextBytes(bytes);
            await SendAsync(bytes);
        }
        await AssertServesAsync($"seed {seed}");
    }

    [Fact]
    public async Task Every_request_with_a_random_payload_is_answered_once()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        using Socket socket = await ConnectAsync();
        var reader = new MessageReader();
        for (uint id = 1; id <= 3000; id++)
        {
            var request = new XenStoreMessage((XenStoreMessageType)random.Next(0, 30), id, (uint)random.Next(0, 3), RandomPayload(random));
            await socket.SendAsync(request.Encode());
            XenStoreMessage answer;
            do
                answer = await NextAsync(socket, reader);
            while (answer.Type == XenStoreMessageType.XS_WATCH_EVENT);
            Assert.True(answer.RequestId == id, $"seed {seed}: request {id} was answered as {answer.RequestId}");
            Assert.True(
                answer.Type == request.Type || answer.Type == XenStoreMessageType.XS_ERROR,
                $"seed {seed}: {request.Type} was answered with {answer.Type}");
        }
        await AssertServesAsync($"seed {seed}");
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_its_connection_alone()
    {
        using Socket socket = await ConnectAsync();
        await socket.SendAsync(new XenStoreMessage(XenStoreMessageType.XS_WRITE, 1, 0, new byte[XenStoreLimits.Payload + 1]).Encode());
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1]));
        await AssertServesAsync("after a long message");
    }

    [Fact]
    public async Task A_client_that_takes_nothing_does_not_hold_up_the_others()
    {
        using Socket socket = await ConnectAsync();
        await socket.SendAsync(new XenStoreMessage(XenStoreMessageType.XS_WATCH, 1, 0, Payload.Strings("/", "t")).Encode());
        await using XenStoreClient client = await XenStoreClient.ConnectAsync(_endpoint);
        for (int i = 0; i < 20000; i++)
            await client.WriteAsync("/a", "b");
        Assert.Equal("b", await client.ReadAsync("/a"));
    }

    private static byte[] RandomPayload(Random random)
    {
        string[] words = ["/", "/a", "/a/b", "a", "@releaseDomain", "T", "F", "0", "1", "n0", "r5", "token", "", "//", "x\ny"];
        byte[] payload = Payload.Strings([.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => words[random.Next(words.Length)])]);
        if (payload.Length > 0 && random.Next(4) == 0)
            payload[random.Next(payload.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? payload[..(payload.Length / 2)] : payload;
    }

    private static async Task<XenStoreMessage> NextAsync(Socket socket, MessageReader reader)
    {
        XenStoreMessage? message;
        while (!reader.TryRead(out message))
        {
            int count = await socket.ReceiveAsync(reader.Free);
            Assert.NotEqual(0, count);
            reader.Advance(count);
        }
        return message;
    }

    private async Task SendAsync(byte[] bytes)
    {
        using Socket socket = await ConnectAsync();
        try
        {
            await socket.SendAsync(bytes);
        }
        catch (SocketException)
        {
            // It was thrown out before it was done.
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_endpoint.Path));
        return socket;
    }

    private async Task AssertServesAsync(string context)
    {
        await using XenStoreClient client = await XenStoreClient.ConnectAsync(_endpoint);
        await client.WriteAsync("/alive", context);
        Assert.Equal(context, await client.ReadAsync("/alive"));
    }
}
