using System.Net.Sockets;
using System.Threading.Channels;
using Tapvisor.Simulation.Store;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Tests.XenStore.Client;

/// <summary>A xenstored that is restarted under its clients.</summary>
public sealed class ReconnectTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EmbeddedXenStore _store = new();
    private XenStoreEndpoint _endpoint = null!;
    private XenStoreClient _client = null!;

    public async Task InitializeAsync()
    {
        _endpoint = _store.Listen(_directory.At("xs"));
        _client = await XenStoreClient.ConnectAsync(
            _endpoint, new XenStoreClientOptions { ReconnectMinimum = TimeSpan.FromMilliseconds(1) });
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _store.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_watch_fires_again_so_that_no_change_is_lost()
    {
        XenStoreWatch[] watches =
            [await _client.WatchAsync("/a"), await _client.WatchAsync("/b"), await _client.WatchAsync("@releaseDomain")];
        foreach (XenStoreWatch watch in watches)
            await watch.NextAsync();
        for (int round = 0; round < 5; round++)
        {
            await _store.DropConnectionsAsync();
            foreach (XenStoreWatch watch in watches)
                Assert.Equal(watch.Path, await watch.NextAsync());
        }
        await using XenStoreClient other = await XenStoreClient.ConnectAsync(_endpoint);
        await other.WriteAsync("/a/x", "1");
        Assert.Equal("/a/x", await watches[0].NextAsync());
    }

    [Fact]
    public async Task What_was_under_way_fails_as_lost_and_later_requests_succeed()
    {
        XenStoreWatch watch = await _client.WatchAsync("/a");
        await watch.NextAsync();
        XenStoreException lost = await Assert.ThrowsAsync<XenStoreException>(() => _client.TransactAsync(async transaction =>
        {
            await transaction.WriteAsync("/a", "half");
            await _store.DropConnectionsAsync();
            await transaction.WriteAsync("/b", "half");
        }));
        Assert.True(lost.IsConnectionLost);
        await watch.NextAsync();
        Assert.Null(await _client.TryReadAsync("/a"));
    }

    [Fact]
    public async Task A_transaction_does_not_go_on_on_another_connection()
    {
        XenStoreWatch watch = await _client.WatchAsync("/a");
        await watch.NextAsync();
        XenStoreException lost = await Assert.ThrowsAsync<XenStoreException>(() => _client.TransactAsync(async transaction =>
        {
            await transaction.WriteAsync("/a", "half");
            await _store.DropConnectionsAsync();
            await watch.NextAsync();
            await transaction.WriteAsync("/b", "half");
        }));
        Assert.True(lost.IsConnectionLost);
        Assert.Null(await _client.TryReadAsync("/b"));
    }

    [Fact]
    public async Task A_watch_set_while_the_store_is_away_holds_when_it_is_back()
    {
        using var directory = new TemporaryDirectory();
        var first = new EmbeddedXenStore();
        XenStoreEndpoint endpoint = first.Listen(directory.At("xs"));
        await using XenStoreClient client = await XenStoreClient.ConnectAsync(
            endpoint,
            new XenStoreClientOptions { ReconnectMinimum = TimeSpan.FromMilliseconds(1), ReconnectMaximum = TimeSpan.FromMilliseconds(5) });
        await first.DisposeAsync();
        XenStoreWatch watch = await client.WatchAsync("/a");
        await using var second = new EmbeddedXenStore();
        second.Listen(directory.At("xs"));
        await watch.NextAsync();
        await client.WriteAsync("/a", "1");
        Assert.Equal("/a", await watch.NextAsync());
    }

    [Fact]
    public async Task A_watch_that_ends_while_the_watches_are_set_again_does_not_come_back()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_directory.At("scripted")));
        listener.Listen();
        await using XenStoreClient client = await XenStoreClient.ConnectAsync(
            new XenStoreEndpoint(_directory.At("scripted")),
            new XenStoreClientOptions { ReconnectMinimum = TimeSpan.FromMilliseconds(1) });
        var watches = new Dictionary<string, XenStoreWatch>();
        using (Socket former = await listener.AcceptAsync())
        {
            var store = new WatchedSocket(former);
            foreach (string path in new[] { "/a", "/b" })
            {
                Task<XenStoreWatch> setting = client.WatchAsync(path);
                XenStoreMessage request = await store.ReceiveAsync();
                await store.AnswerAsync(request);
                watches[WatchedSocket.TokenOf(request)] = await setting;
            }
        }

        using Socket peer = await listener.AcceptAsync();
        var again = new WatchedSocket(peer);
        XenStoreMessage first = await again.ReceiveAsync();
        string kept = WatchedSocket.TokenOf(first);
        XenStoreWatch other = watches.Single(watch => watch.Key != kept).Value;
        Task ending = other.DisposeAsync().AsTask();
        await again.AnswerAsync(await again.ReceiveAsync());
        await ending;
        await again.AnswerAsync(first);

        // The other one is set, because it was there when this began, and ended.
        await again.AnswerAsync(await again.ReceiveAsync());
        await again.AnswerAsync(await again.ReceiveAsync());
        Assert.Equal([kept], again.Watches);
    }

    [Fact]
    public async Task A_client_can_be_disposed_while_its_store_is_away()
    {
        XenStoreWatch watch = await _client.WatchAsync("/a");
        await _store.DisposeAsync();
        await _client.DisposeAsync();
        await Assert.ThrowsAsync<ChannelClosedException>(async () =>
        {
            while (true)
                await watch.NextAsync();
        });
    }
}
