using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class LoadTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Thousands_of_operations_fit_through_a_small_queue(IoEngineKind kind)
    {
        // 4 entries, 16 completions: the submission queue overflows all the time, and so does the completion queue.
        using EngineHost host = EngineHost.Start(kind, o => o with { QueueEntries = 4 });
        byte[] content = new byte[1 << 20];
        new Random(21).NextBytes(content);
        string path = host.NewFile("f", content);
        foreach (IoOpenOptions options in (IoOpenOptions[])[IoOpenOptions.None, IoOpenOptions.Direct])
        {
            host.WithFile(path, options, async IoTask<int> (file) =>
            {
                const int Count = 5000;
                IoBuffer[] buffers = [.. Enumerable.Range(0, Count).Select(_ => host.Rent(4096))];
                IoTask<int>[] reads = [.. Enumerable.Range(0, Count).Select(i => file.ReadAsync(buffers[i], (i % 256) * 4096))];
                Assert.Equal(Count, host.Scope.Outstanding);
                for (int i = 0; i < Count; i++)
                {
                    Assert.Equal(4096, await reads[i]);
                    Assert.True(content.AsSpan((i % 256) * 4096, 4096).SequenceEqual(buffers[i].Span));
                    host.Engine.Buffers.Return(buffers[i], host.Quota);
                }
                Assert.Equal((0, 0L), (host.Scope.Outstanding, host.Quota.InUse));
                return 0;
            });
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Revoking_thousands_of_operations_ends_them_all(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind, o => o with { QueueEntries = 4 });
        string path = host.NewFile("f", new byte[1 << 20]);
        host.Run(async IoTask<int> () =>
        {
            IoFile file = await host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.Direct);
            IoBuffer buffer = host.Rent(4096);
            IoTask<int>[] reads = [.. Enumerable.Range(0, 3000).Select(i => file.ReadAsync(buffer, (i % 256) * 4096))];
            host.Scope.Revoke();
            await host.Scope.DrainAsync();
            foreach (IoTask<int> read in reads)
                Assert.Contains(await read, new[] { 4096, -Tapvisor.Native.Errno.ECANCELED });
            return await file.CloseAsync();
        });
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Many_sockets_files_and_timers_share_one_engine(IoEngineKind kind)
    {
        const int Seed = 33;
        foreach (int spin in (int[])[0, 30])
        {
            using EngineHost host = EngineHost.Start(kind, o => o with { SpinMicroseconds = spin });
            byte[] content = new byte[256 << 10];
            new Random(Seed).NextBytes(content);
            string path = host.NewFile("f", content);
            (IoSocket Socket, Socket Peer)[] pairs = [.. Enumerable.Range(0, 24).Select(_ => StreamPair.Adopt(host))];
            Task<int>[] servers = [.. pairs.Select((p, i) => host.Engine.RunAsync(() => ServeAsync(host, p.Socket, path, i % 2 == 0)))];
            Task[] clients = [.. pairs.Select((p, i) =>
                Task.Factory.StartNew(() => Ask(p.Peer, content, Seed + i), TaskCreationOptions.LongRunning))];
            Assert.All(servers, server => Assert.Equal(200, server.WaitAsync(EngineHost.Patience).Result));
            Task.WhenAll(clients).WaitAsync(EngineHost.Patience).GetAwaiter().GetResult();
            Assert.Equal(0, host.Run(async () => host.Scope.Outstanding));
        }
    }

    /// <summary>Answers each 4-byte block number with the block, until the peer goes.</summary>
    private static async IoTask<int> ServeAsync(EngineHost host, IoSocket socket, string path, bool direct)
    {
        IoFile file = await host.Engine.OpenAsync(host.Scope, path, direct ? IoOpenOptions.Direct : IoOpenOptions.None);
        using var parts = new IoVectorList();
        IoBuffer buffer = host.Rent(4096);
        int served = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.Slice(0, 4), all: true) == 4)
            {
                int block = BitConverter.ToInt32(buffer.Span);
                if (block % 7 == 0)
                    await host.Scope.DelayAsync(TimeSpan.FromMicroseconds(block));
                Assert.Equal(4096, await file.ReadAsync(buffer, block * 4096));
                parts.Clear();
                parts.Add(buffer);
                Assert.Equal(4096, await socket.SendAsync(parts));
                served++;
            }
            return served;
        }
        finally
        {
            host.Engine.Buffers.Return(buffer, host.Quota);
            await socket.CloseAsync();
            await file.CloseAsync();
        }
    }

    private static void Ask(Socket peer, byte[] content, int seed)
    {
        var random = new Random(seed);
        byte[] answer = new byte[4096];
        for (int i = 0; i < 200; i++)
        {
            int block = random.Next(content.Length / 4096);
            peer.Send(BitConverter.GetBytes(block));
            for (int got = 0, more = 1; got < answer.Length && more > 0; got += more)
                more = peer.Receive(answer.AsSpan(got));
            Assert.True(content.AsSpan(block * 4096, 4096).SequenceEqual(answer), $"block {block} differs (seed {seed})");
        }
        peer.Dispose();
    }
}
