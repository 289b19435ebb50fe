using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;
using Tapvisor.XenStore.Wire;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.Tests.XenStore.Client;

/// <summary>/dev/xen/xenbus' transport, over a socket pair: streams behave alike, apart from what only the kernel's device does.</summary>
public sealed class DeviceTransportTests : IAsyncLifetime, IDisposable
{
    private readonly int _peer;
    private readonly List<(string Path, string Token)> _events = [];
    private readonly XenStoreConnection _connection;
    private readonly TaskCompletionSource _event = new();

    public unsafe DeviceTransportTests()
    {
        int* ends = stackalloc int[2];
        Assert.Equal(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
        _peer = ends[1];
        _connection = new XenStoreConnection(new DeviceTransport(ends[0]), (path, token) =>
        {
            _events.Add((path, token));
            _event.TrySetResult();
        });
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    public void Dispose() => _ = close(_peer);

    [Fact]
    public async Task A_request_goes_out_whole_and_its_answer_comes_back()
    {
        Task<byte[]> asked = _connection.RequestAsync(XenStoreMessageType.XS_READ, 7, Payload.Strings("/a"), "/a");
        XenStoreMessage request = Receive();
        Assert.Equal((XenStoreMessageType.XS_READ, 7u), (request.Type, request.TransactionId));
        Send(request with { Payload = Payload.Bytes("value") });
        Assert.Equal("value", Payload.Text(await asked));
    }

    [Fact]
    public async Task The_device_gets_a_request_only_when_the_one_before_it_is_answered()
    {
        Task<byte[]> first = _connection.RequestAsync(XenStoreMessageType.XS_READ, 0, Payload.Strings("/a"), "/a");
        Task<byte[]> second = _connection.RequestAsync(XenStoreMessageType.XS_READ, 0, Payload.Strings("/b"), "/b");
        XenStoreMessage a = Receive();
        Assert.False(HasMore());
        Send(a with { Payload = Payload.Bytes("1") });
        Assert.Equal("1", Payload.Text(await first));
        Send(Receive() with { Payload = Payload.Bytes("2") });
        Assert.Equal("2", Payload.Text(await second));
    }

    [Fact]
    public async Task Events_are_told_by_their_type_whatever_their_number_says()
    {
        Task<byte[]> asked = _connection.RequestAsync(XenStoreMessageType.XS_READ, 0, Payload.Strings("/a"), "/a");
        XenStoreMessage request = Receive();
        Send(new XenStoreMessage(XenStoreMessageType.XS_WATCH_EVENT, request.RequestId, 0xDEADBEEF, Payload.Strings("/w", "t")));
        await _event.Task;
        Assert.False(asked.IsCompleted);
        Send(request with { Payload = Payload.Bytes("v") });
        Assert.Equal("v", Payload.Text(await asked));
        Assert.Equal([("/w", "t")], _events);
    }

    [Fact]
    public async Task The_header_counts_in_the_limit_of_the_device()
    {
        XenStoreException e = await Assert.ThrowsAsync<XenStoreException>(() => _connection.RequestAsync(
            XenStoreMessageType.XS_WRITE, 0, new byte[XenStoreLimits.Payload - XenStoreLimits.Header + 1], "/a"));
        Assert.Equal(Errno.E2BIG, e.Errno);
    }

    [Fact]
    public async Task The_end_of_the_device_fails_what_is_under_way()
    {
        Task<byte[]> asked = _connection.RequestAsync(XenStoreMessageType.XS_READ, 0, Payload.Strings("/a"), "/a");
        Receive();
        Assert.Equal(0, shutdown(_peer, SHUT_RDWR));
        Assert.True((await Assert.ThrowsAsync<XenStoreException>(() => asked)).IsConnectionLost);
        await _connection.Closed;
    }

    [Fact]
    public async Task Closing_ends_a_read_that_waits()
    {
        await _connection.DisposeAsync();
        Assert.True(_connection.Closed.IsCompletedSuccessfully);
    }

    private unsafe bool HasMore()
    {
        var wait = new pollfd { fd = _peer, events = POLLIN };
        return LinuxCalls.poll(&wait, 1, 0) > 0;
    }

    private unsafe void Send(XenStoreMessage message)
    {
        byte[] bytes = message.Encode();
        fixed (byte* pointer = bytes)
            Assert.Equal(bytes.Length, (int)write(_peer, pointer, bytes.Length));
    }

    private unsafe XenStoreMessage Receive()
    {
        var reader = new MessageReader();
        XenStoreMessage? message;
        while (!reader.TryRead(out message))
        {
            fixed (byte* pointer = reader.Free.Span)
                reader.Advance((int)read(_peer, pointer, reader.Free.Length));
        }
        return message;
    }
}
