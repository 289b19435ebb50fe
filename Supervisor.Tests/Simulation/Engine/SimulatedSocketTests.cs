using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Sockets;

namespace Tapvisor.Tests.Simulation.Engine;

public sealed class SimulatedSocketTests
{
    private const string Path = "/sim/nbd1.0";
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly BufferQuota _quota = new(long.MaxValue);

    [Fact]
    public void Bytes_arrive_whole_and_in_order_however_they_are_cut() => Seeds.Run(50, seed =>
    {
        using var engine = new SimulatedEngine(seed);
        (IoSocket server, SimulatedSocket client) = Pair(engine);
        IoBuffer sent = engine.Buffers.Rent(600_000, _quota);
        IoBuffer received = engine.Buffers.Rent(600_000, _quota);
        new Random(seed).NextBytes(sent.Span);
        Task<int> sending = engine.RunAsync(() => SendAsync(client, sent));
        Assert.Equal(600_000, engine.Run(() => ReceiveInPiecesAsync(server, received)));
        engine.RunUntil(() => sending.IsCompletedSuccessfully);
        Assert.True(sent.Span.SequenceEqual(received.Span));
    });

    [Fact]
    public void Receive_all_waits_until_the_buffer_is_full()
    {
        using var engine = new SimulatedEngine(3);
        (IoSocket server, SimulatedSocket client) = Pair(engine);
        IoBuffer half = engine.Buffers.Rent(1000, _quota);
        IoBuffer whole = engine.Buffers.Rent(2000, _quota);
        Task<int> receive = engine.RunAsync(() => server.ReceiveAsync(whole, all: true));
        engine.Run(() => SendAsync(client, half));
        engine.Run();
        Assert.False(receive.IsCompleted);
        engine.Run(() => SendAsync(client, half));
        engine.RunUntil(() => receive.IsCompleted);
        Assert.True(receive.IsCompletedSuccessfully);
    }

    [Fact]
    public void The_end_is_read_after_what_was_sent_before_it()
    {
        using var engine = new SimulatedEngine(4);
        (IoSocket server, SimulatedSocket client) = Pair(engine);
        IoBuffer buffer = engine.Buffers.Rent(100, _quota);
        engine.Run(() => SendAsync(client, buffer));
        engine.Run(() => client.CloseAsync());
        Assert.Equal(100, engine.Run(() => server.ReceiveAsync(buffer, all: true)));
        Assert.Equal(0, engine.Run(() => server.ReceiveAsync(buffer)));
        Assert.Equal(-Errno.EPIPE, engine.Run(() => SendAsync(server, buffer)));
    }

    [Fact]
    public void A_peer_that_leaves_bytes_unread_resets_the_connection()
    {
        using var engine = new SimulatedEngine(5);
        (IoSocket server, SimulatedSocket client) = Pair(engine);
        IoBuffer buffer = engine.Buffers.Rent(100, _quota);
        engine.Run(() => SendAsync(server, buffer));
        engine.Run(() => client.CloseAsync());
        Assert.Equal(-Errno.ECONNRESET, engine.Run(() => server.ReceiveAsync(buffer)));
    }

    [Fact]
    public async Task Revoking_a_connection_ends_its_receive()
    {
        using var engine = new SimulatedEngine(6);
        var scope = new IoScope(engine, "connection");
        (IoSocket server, SimulatedSocket _) = Pair(engine, scope);
        IoBuffer buffer = engine.Buffers.Rent(100, _quota);
        Task<int> receive = engine.RunAsync(() => server.ReceiveAsync(buffer));
        engine.Run();
        scope.Revoke();
        engine.Run(() => scope.DrainAsync());
        Assert.Equal(-Errno.ECANCELED, await receive);
    }

    [Fact]
    public async Task Shutting_down_ends_a_receive_in_flight()
    {
        using var engine = new SimulatedEngine(7);
        (IoSocket server, SimulatedSocket _) = Pair(engine);
        IoBuffer buffer = engine.Buffers.Rent(100, _quota);
        Task<int> receive = engine.RunAsync(() => server.ReceiveAsync(buffer));
        engine.Run();
        server.Shutdown();
        engine.Run();
        Assert.Equal(0, await receive);
    }

    [Fact]
    public async Task Closing_a_listener_wakes_its_acceptor_and_removes_the_path()
    {
        using var engine = new SimulatedEngine(8);
        var scope = new IoScope(engine, "test");
        IoListener listener = engine.Listen(scope, Path, 4, Mode);
        Task<IoSocket?> accept = engine.RunAsync(() => listener.AcceptAsync(scope));
        engine.Run();
        engine.Run(() => listener.CloseAsync());
        engine.Run();
        Assert.Null(await accept);
        Assert.Equal(Errno.ENOENT, Assert.Throws<BlockException>(() => engine.Connect(scope, Path)).Errno);
    }

    [Fact]
    public void A_killed_process_leaves_a_path_that_another_may_take()
    {
        var machine = new SimulatedMachine(9);
        using var first = new SimulatedEngine(machine, "first");
        using var second = new SimulatedEngine(machine, "second");
        var scope = new IoScope(second, "test");
        first.Listen(new IoScope(first, "doomed"), Path, 4, Mode);
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<BlockException>(() => second.Listen(scope, Path, 4, Mode)).Errno);
        SimulatedSocket client = second.Connect(scope, Path);
        first.Kill();
        IoBuffer buffer = second.Buffers.Rent(100, _quota);
        Assert.Equal(-Errno.ECONNRESET, second.Run(() => client.ReceiveAsync(buffer)));
        Assert.Equal(Errno.ECONNREFUSED, Assert.Throws<BlockException>(() => second.Connect(scope, Path)).Errno);
        second.Listen(scope, Path, 4, Mode);
        second.Connect(scope, Path);
    }

    private static (IoSocket Server, SimulatedSocket Client) Pair(SimulatedEngine engine, IoScope? connection = null)
    {
        var scope = new IoScope(engine, "test");
        IoListener listener = engine.Listen(scope, Path, 4, Mode);
        SimulatedSocket client = engine.Connect(scope, Path);
        return (engine.Run(() => listener.AcceptAsync(connection ?? scope))!, client);
    }

    private static async IoTask<int> SendAsync(IoSocket socket, IoBuffer buffer)
    {
        using var parts = new IoVectorList();
        parts.Add(buffer.Slice(0, buffer.Length / 3));
        parts.Add(buffer.Slice(buffer.Length / 3));
        return await socket.SendAsync(parts);
    }

    private static async IoTask<int> ReceiveInPiecesAsync(IoSocket socket, IoBuffer into)
    {
        int received = 0;
        while (received < into.Length)
        {
            int piece = await socket.ReceiveAsync(into.Slice(received));
            if (piece <= 0)
                return piece;
            received += piece;
        }
        return received;
    }
}
