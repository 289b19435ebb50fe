using System.Net.Sockets;
using Tapvisor.XenStore.Client;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Tests.XenStore.Client;

/// <summary>xenstored's socket, with the test as xenstored.</summary>
public sealed class SocketTransportTests
{
    [Fact]
    public async Task Requests_do_not_wait_for_each_other_and_answers_may_come_in_another_order()
    {
        using var directory = new TemporaryDirectory();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory.At("xs")));
        listener.Listen();
        SocketTransport transport = await SocketTransport.ConnectAsync(directory.At("xs"), CancellationToken.None);
        await using var connection = new XenStoreConnection(transport, (_, _) => { });
        using Socket peer = await listener.AcceptAsync();
        Task<byte[]> first = connection.RequestAsync(XenStoreMessageType.XS_READ, 0, Payload.Strings("/a"), "/a");
        Task<byte[]> second = connection.RequestAsync(XenStoreMessageType.XS_READ, 0, Payload.Strings("/b"), "/b");

        var store = new WatchedSocket(peer);
        XenStoreMessage a = await store.ReceiveAsync();
        XenStoreMessage b = await store.ReceiveAsync();
        await peer.SendAsync((b with { Payload = Payload.Bytes("2") }).Encode());
        Assert.Equal("2", Payload.Text(await second));
        await peer.SendAsync((a with { Payload = Payload.Bytes("1") }).Encode());
        Assert.Equal("1", Payload.Text(await first));
    }
}
