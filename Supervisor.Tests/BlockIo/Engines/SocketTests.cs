using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class SocketTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_connection_is_accepted_and_echoes(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.PathOf("s");
        Task<int> echoed = host.Engine.RunAsync(async IoTask<int> () =>
        {
            IoListener listener = host.Engine.Listen(host.Scope, path, 8, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            IoSocket? socket = await listener.AcceptAsync(host.Scope);
            using var parts = new IoVectorList();
            IoBuffer buffer = host.Rent(4096);
            int received = await socket!.ReceiveAsync(buffer);
            parts.Add(buffer.Slice(0, received));
            int sent = await socket.SendAsync(parts);
            await socket.CloseAsync();
            await listener.CloseAsync();
            return sent;
        });
        host.Run(async IoTask<int> () => await host.Scope.DelayAsync(TimeSpan.Zero));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        client.Send("hello"u8);
        byte[] answer = new byte[100];
        Assert.Equal(5, client.Receive(answer));
        Assert.Equal("hello"u8, answer.AsSpan(0, 5));
        Assert.Equal(5, echoed.WaitAsync(EngineHost.Patience).Result);
        Assert.Equal(0, client.Receive(answer));
        Assert.False(File.Exists(path));
    }
}
