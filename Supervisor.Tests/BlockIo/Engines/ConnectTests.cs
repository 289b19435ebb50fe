using System.Net;
using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class ConnectTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_unix_listener_is_reached(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(host.PathOf("s")));
        listener.Listen(1);
        AssertTalks(host, listener, () => host.Engine.Connect(host.Scope, host.PathOf("s")));
    }

    [SkippableTheory]
    [InlineData(IoEngineKind.IoUring, "127.0.0.1")]
    [InlineData(IoEngineKind.LibAio, "127.0.0.1")]
    [InlineData(IoEngineKind.IoUring, "::1")]
    [InlineData(IoEngineKind.LibAio, "::1")]
    public void A_tcp_listener_is_reached(IoEngineKind kind, string address)
    {
        using EngineHost host = EngineHost.Start(kind);
        var ip = IPAddress.Parse(address);
        Skip.If(ip.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6, "no IPv6");
        using var listener = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(ip, 0));
        listener.Listen(1);
        AssertTalks(host, listener, () => host.Engine.Connect(host.Scope, (IPEndPoint)listener.LocalEndPoint!));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Where_nobody_is_the_reason_is_told(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        Assert.Equal(Errno.ENOENT, Refusal(host, host.PathOf("nobody")));
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(host.PathOf("dead")));
        Assert.Equal(Errno.ECONNREFUSED, Refusal(host, host.NewFile("file", [])));
        Assert.Equal(Errno.ENAMETOOLONG, Refusal(host, host.PathOf(new string('x', 200))));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Waiting_for_a_host_that_does_not_answer_ends_when_the_socket_is_shut_down(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);

        // A backlog that is full leaves the next one unanswered.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(listener.LocalEndPoint!);
        Assert.True(host.Run(async IoTask<int> () =>
        {
            IoSocket socket = host.Engine.Connect(host.Scope, (IPEndPoint)listener.LocalEndPoint!);
            IoTask<int> receive = socket.ReceiveAsync(host.Rent(4096));
            await host.Engine.YieldAsync(host.Scope);
            socket.Shutdown();
            int result = await receive;
            await socket.CloseAsync();
            return result;
        }) <= 0);
    }

    private static int Refusal(EngineHost host, string path) =>
        Assert.Throws<BlockException>(() => host.Run(() => new IoTask<IoSocket>(host.Engine.Connect(host.Scope, path)))).Errno;

    private static void AssertTalks(EngineHost host, Socket listener, Func<IoSocket> connect)
    {
        Task<int> received = host.Engine.RunAsync(async IoTask<int> () =>
        {
            IoSocket socket = connect();
            IoBuffer buffer = host.Rent(4096);
            int length = await socket.ReceiveAsync(buffer);
            using var parts = new IoVectorList();
            parts.Add(buffer.Slice(0, length));
            int sent = await socket.SendAsync(parts);
            await socket.CloseAsync();
            return sent;
        });
        using Socket peer = listener.Accept();
        peer.Send("hello"u8);
        var answer = new byte[100];
        Assert.Equal(5, peer.Receive(answer));
        Assert.Equal("hello"u8, answer.AsSpan(0, 5));
        Assert.Equal(5, received.WaitAsync(EngineHost.Patience).Result);
    }
}
