using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class SocketTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_receive_returns_what_is_there(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            peer.Send("hello"u8);
            byte[] received = host.Run(async IoTask<byte[]> () =>
            {
                IoBuffer buffer = host.Rent(4096);
                int length = await socket.ReceiveAsync(buffer);
                return buffer.Slice(0, length).Span.ToArray();
            });
            Assert.Equal("hello"u8, received);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_receive_of_all_waits_until_all_is_there(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            IoBuffer buffer = host.Run(async () => host.Rent(1000));
            Task<int> receiving = host.Engine.RunAsync(() => socket.ReceiveAsync(buffer, all: true));
            for (int i = 0; i < 10; i++)
            {
                Assert.False(receiving.IsCompleted);
                peer.Send(Enumerable.Repeat((byte)i, 100).ToArray());
                host.Run(() => host.Scope.DelayAsync(TimeSpan.FromMilliseconds(1)));
            }
            Assert.Equal(1000, receiving.WaitAsync(EngineHost.Patience).Result);
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => (byte)(i / 100)), buffer.Span.ToArray());

            receiving = host.Engine.RunAsync(() => socket.ReceiveAsync(buffer, all: true));
            peer.Send(new byte[10]);
            peer.Shutdown(SocketShutdown.Send);
            Assert.Equal(10, receiving.WaitAsync(EngineHost.Patience).Result);
            Assert.Equal(0, host.Run(() => socket.ReceiveAsync(buffer, all: true)));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_big_send_of_many_parts_arrives_in_order_at_a_slow_reader(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            var random = new Random(5);
            byte[] content = new byte[8 << 20];
            random.NextBytes(content);
            using var parts = new IoVectorList();
            IoBuffer memory = host.Run(async () => host.Rent(content.Length));
            content.CopyTo(memory.Span);
            int start = 0;
            while (parts.Count < IoVectorList.Capacity - 1)
            {
                // Parts of nothing, of a few bytes and of many.
                int length = random.Next(3) switch { 0 => 0, 1 => random.Next(64), _ => random.Next(16384) };
                length = Math.Min(length, content.Length - start);
                parts.Add(memory.Slice(start, length));
                start += length;
            }
            parts.Add(memory.Slice(start));
            (IoBuffer First, IoBuffer Last) before = (parts[0], parts[IoVectorList.Capacity - 1]);
            Task<int> sending = host.Engine.RunAsync(() => socket.SendAsync(parts));
            byte[] received = new byte[content.Length];
            for (int i = 0; i < received.Length;)
                i += peer.Receive(received.AsSpan(i, Math.Min(received.Length - i, random.Next(1, 100_000))));
            Assert.Equal(content.Length, sending.WaitAsync(EngineHost.Patience).Result);
            Assert.True(content.AsSpan().SequenceEqual(received));

            // The list is as it was: it may be sent again.
            Assert.Equal(before, (parts[0], parts[IoVectorList.Capacity - 1]));
            Assert.Equal(content.Length, Enumerable.Range(0, parts.Count).Sum(i => (long)parts[i].Length));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Sending_nothing_sends_nothing(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            using var parts = new IoVectorList();
            Assert.Equal(0, host.Run(() => socket.SendAsync(parts)));
            Assert.Equal(0, peer.Available);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_peer_that_vanishes_ends_receive_and_send(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using var parts = new IoVectorList();
        IoBuffer buffer = host.Run(async () => host.Rent(8 << 20));
        parts.Add(buffer);
        Task<int> sending = host.Engine.RunAsync(() => socket.SendAsync(parts));
        Task<int> receiving = host.Engine.RunAsync(() => socket.ReceiveAsync(buffer));
        Assert.Equal(100, peer.Receive(new byte[100]));
        peer.Dispose();
        Assert.Contains(sending.WaitAsync(EngineHost.Patience).Result, new[] { -Errno.EPIPE, -Errno.ECONNRESET });
        Assert.Contains(receiving.WaitAsync(EngineHost.Patience).Result, new[] { 0, -Errno.ECONNRESET });
        Assert.Equal(0, host.Run(() => socket.CloseAsync()));
        Assert.Equal(-Errno.EBADF, host.Run(() => socket.SendAsync(parts)));
        Assert.Equal(-Errno.EBADF, host.Run(() => socket.ReceiveAsync(buffer)));
        Assert.Equal(0, host.Run(() => socket.CloseAsync()));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Closing_ends_a_receive_and_a_send_in_flight(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            using var parts = new IoVectorList();
            IoBuffer buffer = host.Run(async () => host.Rent(8 << 20));
            parts.Add(buffer);
            Task<int> sending = host.Engine.RunAsync(() => socket.SendAsync(parts));
            Task<int> receiving = host.Engine.RunAsync(() => socket.ReceiveAsync(buffer, all: true));
            Assert.Equal(0, host.Run(() => socket.CloseAsync()));
            Assert.Equal(0, host.Scope.Outstanding);
            Assert.True(sending.WaitAsync(EngineHost.Patience).Result < 0);
            Assert.True(receiving.WaitAsync(EngineHost.Patience).Result <= 0);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_shutdown_wakes_the_receive(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            IoBuffer buffer = host.Run(async () => host.Rent(4096));
            Task<int> receiving = host.Engine.RunAsync(() => socket.ReceiveAsync(buffer));
            host.Engine.Post(socket.Shutdown);
            Assert.Equal(0, receiving.WaitAsync(EngineHost.Patience).Result);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_socket_that_its_giver_made_non_blocking_works_as_well(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host, nonBlocking: true);
        using (peer)
        {
            using var parts = new IoVectorList();
            IoBuffer buffer = host.Run(async () => host.Rent(4 << 20));
            Task<int> receiving = host.Engine.RunAsync(() => socket.ReceiveAsync(buffer.Slice(0, 10), all: true));
            host.Run(() => host.Scope.DelayAsync(TimeSpan.FromMilliseconds(1)));
            peer.Send(new byte[10]);
            Assert.Equal(10, receiving.WaitAsync(EngineHost.Patience).Result);
            parts.Add(buffer);
            Task<int> sending = host.Engine.RunAsync(() => socket.SendAsync(parts));
            byte[] received = new byte[buffer.Length];
            for (int i = 0; i < received.Length;)
                i += peer.Receive(received.AsSpan(i));
            Assert.Equal(buffer.Length, sending.WaitAsync(EngineHost.Patience).Result);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Data_that_nobody_receives_costs_nothing(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        {
            peer.Send(new byte[1000]);

            // The engine's thread may use the CPU for the timer, not for all of the wait.
            TimeSpan used = host.Run(async IoTask<TimeSpan> () =>
            {
                TimeSpan before = ThreadTime.Now;
                await host.Scope.DelayAsync(TimeSpan.FromMilliseconds(500));
                return ThreadTime.Now - before;
            });
            Assert.InRange(used, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
            Assert.Equal(0, host.Run(() => socket.CloseAsync()));
        }
    }
}
