using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class ScopeTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_revoked_scope_refuses_everything_with_ECANCELED_and_still_closes(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[8192]);
        (int descriptor, Socket peer) = StreamPair.Create();
        using (peer)
        using (var parts = new IoVectorList())
        {
            host.Run(async IoTask<int> () =>
            {
                IoFile file = await host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.None);
                IoSocket socket = host.Engine.Adopt(host.Scope, descriptor);
                IoBuffer buffer = host.Rent(4096);
                parts.Add(buffer);
                int heard = 0;
                host.Scope.Revoked += () => heard++;
                host.Scope.Revoke();
                host.Scope.Revoke();
                Assert.Equal(1, heard);
                Assert.Equal(-Errno.ECANCELED, await file.ReadAsync(buffer, 0));
                Assert.Equal(-Errno.ECANCELED, await file.WriteAsync(buffer, 0));
                Assert.Equal(-Errno.ECANCELED, await file.SyncAsync());
                Assert.Equal(-Errno.ECANCELED, await file.TruncateAsync(0));
                Assert.Equal(-Errno.ECANCELED, await file.SeekAsync(IoSeek.Data, 0));
                Assert.Equal(-Errno.ECANCELED, await file.LockAsync(IoLock.Shared));
                Assert.Equal(-Errno.ECANCELED, await file.RefreshAsync());
                Assert.Equal(-Errno.ECANCELED, await file.AllocateAsync(IoAllocateMode.PunchHole, 0, 4096));
                Assert.Equal(-Errno.ECANCELED, await socket.ReceiveAsync(buffer));
                Assert.Equal(-Errno.ECANCELED, await socket.ReceiveDescriptorAsync(buffer));
                Assert.Equal(-Errno.ECANCELED, await socket.SendAsync(parts));
                Assert.Equal(0, await file.CloseAsync());
                Assert.Equal(0, await socket.CloseAsync());
                return 0;
            });
        }
        Assert.DoesNotContain(path, ProcessResources.OpenFiles());
        Assert.Equal(8192, new FileInfo(path).Length);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Revoking_wakes_receives_and_sends_in_flight(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        (IoSocket socket, Socket peer) = StreamPair.Adopt(host);
        using (peer)
        using (var parts = new IoVectorList())
        {
            IoBuffer buffer = host.Run(async () => host.Rent(8 << 20));
            parts.Add(buffer);
            Task<int> receiving = host.Engine.RunAsync(() => socket.ReceiveAsync(buffer));
            Task<int> sending = host.Engine.RunAsync(() => socket.SendAsync(parts));
            peer.Receive(new byte[100]);
            host.Run(async IoTask<int> () =>
            {
                host.Scope.Revoke();
                return await host.Scope.DrainAsync();
            });
            Assert.Equal(0, host.Scope.Outstanding);
            Assert.Equal(-Errno.ECANCELED, receiving.WaitAsync(EngineHost.Patience).Result);
            Assert.Equal(-Errno.ECANCELED, sending.WaitAsync(EngineHost.Patience).Result);
            Assert.Equal(8 << 20, parts[0].Length);
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_drained_scope_has_no_write_left_that_could_land(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        foreach (IoOpenOptions options in (IoOpenOptions[])[IoOpenOptions.None, IoOpenOptions.Direct])
        {
            string path = host.NewFile($"{options}", new byte[1 << 20]);
            host.Run(async IoTask<int> () =>
            {
                var old = new IoScope(host.Engine, "old");
                IoFile first = await host.Engine.OpenAsync(old, path, options);
                IoBuffer ones = host.Rent(64 << 10);
                IoBuffer twos = host.Rent(64 << 10);
                ones.Span.Fill(1);
                twos.Span.Fill(2);
                IoTask<int>[] writes = [.. Enumerable.Range(0, 2000).Select(i => first.WriteAsync(ones, (i % 16) * (64 << 10)))];
                old.Revoke();
                await old.DrainAsync();
                Assert.Equal(0, old.Outstanding);

                IoFile second = await host.Engine.OpenAsync(host.Scope, path, options);
                for (int i = 0; i < 16; i++)
                    Assert.Equal(twos.Length, await second.WriteAsync(twos, i * (64 << 10)));
                foreach (IoTask<int> write in writes)
                    Assert.Contains(await write, new[] { ones.Length, -Errno.ECANCELED });
                await second.SyncAsync();
                await second.CloseAsync();
                return await first.CloseAsync();
            });
            Assert.All(File.ReadAllBytes(path), b => Assert.Equal(2, b));
        }
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Draining_waits_for_offloaded_calls(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        using var release = new ManualResetEventSlim();
        Task<int> call = host.Engine.RunAsync(() => host.Engine.OffloadAsync(host.Scope, () =>
        {
            release.Wait();
            return 5;
        }));
        Task<int> drain = host.Engine.RunAsync(host.Scope.DrainAsync);
        Assert.Equal(1, host.Run(async () => host.Scope.Outstanding));
        Assert.False(drain.IsCompleted);
        release.Set();
        Assert.Equal(5, call.WaitAsync(EngineHost.Patience).Result);
        Assert.Equal(0, drain.WaitAsync(EngineHost.Patience).Result);
    }
}
