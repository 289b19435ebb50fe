using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ListenerTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_connection_is_accepted_and_echoes(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        IoListener listener = Listen(host, "s");
        Task<int> echoed = host.Engine.RunAsync(async IoTask<int> () =>
        {
            IoSocket? socket = await listener.AcceptAsync(host.Scope);
            using var parts = new IoVectorList();
            IoBuffer buffer = host.Rent(4096);
            int received = await socket!.ReceiveAsync(buffer);
            parts.Add(buffer.Slice(0, received));
            int sent = await socket.SendAsync(parts);
            await socket.CloseAsync();
            return sent;
        });
        using Socket client = Connect(listener.Path);
        client.Send("hello"u8);
        byte[] answer = new byte[100];
        Assert.Equal(5, client.Receive(answer));
        Assert.Equal("hello"u8, answer.AsSpan(0, 5));
        Assert.Equal(5, echoed.WaitAsync(EngineHost.Patience).Result);
        Assert.Equal(0, client.Receive(answer));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Many_connections_are_accepted_one_after_another(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        IoListener listener = Listen(host, "s");
        Task<int> accepting = host.Engine.RunAsync(async IoTask<int> () =>
        {
            for (int i = 0; i < 50; i++)
            {
                IoSocket? socket = await listener.AcceptAsync(host.Scope);
                Assert.NotNull(socket);
                await socket.CloseAsync();
            }
            return 50;
        });
        Socket[] clients = [.. Enumerable.Range(0, 50).Select(_ => Connect(listener.Path))];
        Assert.Equal(50, accepting.WaitAsync(EngineHost.Patience).Result);
        Assert.All(clients, client => Assert.Equal(0, client.Receive(new byte[1])));
        Assert.All(clients, client => client.Dispose());
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Closing_wakes_the_accept_and_removes_the_file(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        IoListener listener = Listen(host, "s");
        Task<IoSocket?> accepting = host.Engine.RunAsync(() => listener.AcceptAsync(host.Scope));
        host.Run(() => host.Scope.DelayAsync(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(0, host.Run(() => listener.CloseAsync()));
        Assert.Null(accepting.WaitAsync(EngineHost.Patience).Result);
        Assert.False(File.Exists(listener.Path));
        Assert.Null(host.Run(() => listener.AcceptAsync(host.Scope)));
        Assert.Equal(0, host.Run(() => listener.CloseAsync()));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Revoking_the_scope_wakes_the_accept(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        IoListener listener = Listen(host, "s");
        Task<IoSocket?> accepting = host.Engine.RunAsync(() => listener.AcceptAsync(host.Scope));
        host.Engine.Post(host.Scope.Revoke);
        Assert.Null(accepting.WaitAsync(EngineHost.Patience).Result);
        Assert.Equal(0, host.Run(() => listener.CloseAsync()));
        Assert.False(File.Exists(listener.Path));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void The_file_has_the_mode_that_was_asked_for(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.PathOf("s");
        const UnixFileMode Shared = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        host.Run(async () => host.Engine.Listen(host.Scope, path, 1, Shared));
        Assert.Equal(Shared, File.GetUnixFileMode(path));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_a_dead_process_left_is_replaced(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        StaleSocket.Leave(host.PathOf("stale"));
        IoListener listener = Listen(host, "stale");
        Assert.Equal(host.PathOf("stale"), listener.Path);
        Connect(listener.Path).Dispose();
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_living_listener_and_other_files_are_not_replaced(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        Listen(host, "s");
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<BlockException>(() => Listen(host, "s")).Errno);
        host.NewFile("f", [1, 2, 3]);
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<BlockException>(() => Listen(host, "f")).Errno);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(host.PathOf("f")));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_path_that_is_too_long_or_leads_nowhere_is_refused(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        BlockException error = Assert.Throws<BlockException>(() => Listen(host, new string('x', 108)));
        Assert.Equal((BlockErrorKind.InvalidArgument, Errno.ENAMETOOLONG), (error.Kind, error.Errno));
        Assert.Equal(Errno.ENOENT, Assert.Throws<BlockException>(() => Listen(host, "no/s")).Errno);
        error = Assert.Throws<BlockException>(() => host.Run(async () => host.Engine.Listen(host.Scope, "", 1, OwnerOnly)));
        Assert.Equal(Errno.EINVAL, error.Errno);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_successors_file_stays(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        IoListener first = Listen(host, "s");
        File.Delete(first.Path);
        IoListener second = Listen(host, "s");
        Assert.Equal(0, host.Run(() => first.CloseAsync()));
        Connect(second.Path).Dispose();
    }

    private static IoListener Listen(EngineHost host, string name) =>
        host.Run(async () => host.Engine.Listen(host.Scope, host.PathOf(name), 64, OwnerOnly));

    private static Socket Connect(string path)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        return client;
    }
}
