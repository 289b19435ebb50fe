using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Tests.BlockIo.Engines;

/// <summary>A request in steady state allocates nothing on the managed heap.</summary>
public sealed class AllocationTests
{
    // Long enough for the compiler's tiers to settle: unoptimised code may box.
    private const int WarmUp = 20_000;
    private const int Measured = 20_000;

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void File_operations_allocate_nothing(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[1 << 20]);
        foreach (IoOpenOptions options in (IoOpenOptions[])[IoOpenOptions.None, IoOpenOptions.Direct])
        {
            long allocated = host.WithFile(path, options, async IoTask<long> (file) =>
            {
                await TransferAsync(host, file, WarmUp);
                long before = GC.GetAllocatedBytesForCurrentThread();
                await TransferAsync(host, file, Measured);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
            Assert.InRange(allocated, 0, Allocations.MostOnce);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Sends_and_receives_allocate_nothing(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        using (var parts = new IoVectorList())
        {
            var echo = new Thread(() =>
            {
                byte[] bytes = new byte[4096];
                for (int length = peer.Receive(bytes); length > 0; length = peer.Receive(bytes))
                    peer.Send(bytes.AsSpan(0, length));
            });
            echo.Start();
            long allocated = host.Run(async IoTask<long> () =>
            {
                IoBuffer buffer = host.Rent(4096);
                await ExchangeAsync(socket, parts, buffer, WarmUp);
                long before = GC.GetAllocatedBytesForCurrentThread();
                await ExchangeAsync(socket, parts, buffer, Measured);
                long used = GC.GetAllocatedBytesForCurrentThread() - before;
                await socket.CloseAsync();
                return used;
            });
            echo.Join();
            Assert.InRange(allocated, 0, Allocations.MostOnce);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Delays_gates_and_buffers_allocate_nothing(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        var gate = new IoGate();
        long allocated = host.Run(async IoTask<long> () =>
        {
            await WaitAsync(host, gate, WarmUp);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await WaitAsync(host, gate, Measured);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.InRange(allocated, 0, Allocations.MostOnce);
    }

    private static async IoTask<int> TransferAsync(EngineHost host, IoFile file, int count)
    {
        for (int i = 0; i < count; i++)
        {
            IoBuffer buffer = host.Rent(4096);
            long offset = (i % 256) * 4096;
            int result = i % 4 == 0 ? await LayerAsync(file.WriteAsync(buffer, offset)) : await LayerAsync(file.ReadAsync(buffer, offset));
            host.Engine.Buffers.Return(buffer, host.Quota);
            if (result != 4096)
                throw new InvalidOperationException($"{result} at {offset}");
        }
        return count;
    }

    private static async IoTask<int> LayerAsync(IoTask<int> lower) => await lower;

    private static async IoTask<int> ExchangeAsync(IoSocket socket, IoVectorList parts, IoBuffer buffer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            parts.Clear();
            parts.Add(buffer.Slice(0, 16));
            parts.Add(buffer.Slice(16));
            if (await socket.SendAsync(parts) != buffer.Length || await socket.ReceiveAsync(buffer, all: true) != buffer.Length)
                throw new InvalidOperationException();
        }
        return count;
    }

    private static async IoTask<int> WaitAsync(EngineHost host, IoGate gate, int count)
    {
        for (int i = 0; i < count; i++)
        {
            IoBuffer buffer = host.Rent(1 + (i * 4096 % (2 << 20)));
            IoTask<int> wait = gate.WaitAsync();
            gate.Open();
            await wait;
            await host.Scope.DelayAsync(TimeSpan.Zero);
            host.Engine.Buffers.Return(buffer, host.Quota);
        }
        return count;
    }
}
