using System.Net.Sockets;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class DisposeTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void An_engine_that_stops_ends_what_is_in_flight_and_leaves_nothing_behind(IoEngineKind kind)
    {
        string name = $"stop-{(int)kind}";
        string path;
        Task<int>[] waiting;
        Socket peer;
        using (EngineHost host = EngineHost.Start(kind, o => o with { Name = name }))
        {
            path = host.NewFile("f", new byte[1 << 20]);
            (IoSocket socket, peer) = StreamPair.Adopt(host);
            var list = new IoVectorList();
            IoBuffer buffer = host.Run(async () => host.Rent(8 << 20));
            list.Add(buffer);
            IoFile file = host.Run(() => host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.Direct));
            IoListener listener = host.Run(async () => host.Engine.Listen(host.Scope, host.PathOf("s"), 1, UnixFileMode.UserRead));
            waiting =
            [
                host.Engine.RunAsync(() => socket.ReceiveAsync(buffer)),
                host.Engine.RunAsync(() => socket.SendAsync(list)),
                host.Engine.RunAsync(() => host.Scope.DelayAsync(TimeSpan.FromDays(1))),
                host.Engine.RunAsync(async IoTask<int> () => await listener.AcceptAsync(host.Scope) is null ? -1 : 0),
                host.Engine.RunAsync(async IoTask<int> () =>
                {
                    IoTask<int>[] reads = [.. Enumerable.Range(0, 500).Select(i => file.ReadAsync(buffer.Slice(0, 1 << 20), 0))];
                    foreach (IoTask<int> read in reads)
                        Assert.Contains(await read, new[] { 1 << 20, -Errno.ECANCELED });
                    int last;
                    do
                        last = await file.ReadAsync(buffer, 0);
                    while (last >= 0);
                    return last;
                }),
            ];
            host.Run(() => host.Scope.DelayAsync(TimeSpan.FromMilliseconds(1)));
            Assert.NotEqual(0, ProcessResources.Threads(name));
        }
        Assert.All(waiting, task => Assert.True(task.WaitAsync(EngineHost.Patience).Result <= 0));
        Assert.Equal(0, ProcessResources.Threads(name));
        Assert.DoesNotContain(ProcessResources.OpenFiles(), open => open.StartsWith(path, StringComparison.Ordinal));

        // The engine's end is closed: whatever it had sent can be read, then comes the end.
        byte[] rest = new byte[1 << 20];
        while (peer.Receive(rest) > 0)
        {
        }
        peer.Dispose();
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Engines_come_and_go_without_leaking_descriptors_or_threads(IoEngineKind kind)
    {
        Cycle(kind);
        string[] before = Special();
        for (int i = 0; i < 20; i++)
            Cycle(kind);

        // Other tests run beside this one: what grows with the cycles is what matters.
        Assert.InRange(Special().Length, 0, before.Length + 15);
        Assert.Equal(0, ProcessResources.Threads("cycle"));

        static string[] Special() => [.. ProcessResources.OpenFiles().Where(f => f.StartsWith("anon_inode", StringComparison.Ordinal))];
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_call_that_hangs_keeps_its_thread_but_not_the_engine(IoEngineKind kind)
    {
        using var release = new ManualResetEventSlim();
        EngineHost host = EngineHost.Start(kind);
        Task<int> hung = host.Engine.RunAsync(() => host.Engine.OffloadAsync(host.Scope, () =>
        {
            release.Wait();
            return 1;
        }));
        host.Dispose();
        Assert.False(hung.IsCompleted);
        release.Set();
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void Posts_that_race_with_the_end_run_or_are_refused(IoEngineKind kind)
    {
        for (int i = 0; i < 20; i++)
        {
            EngineHost host = EngineHost.Start(kind, o => o with { ArenaSize = 1 });
            int accepted = 0;
            int ran = 0;
            var poster = new Thread(() =>
            {
                try
                {
                    for (; ; accepted++)
                        host.Engine.Post(() => Interlocked.Increment(ref ran));
                }
                catch (ObjectDisposedException)
                {
                    // The end that this test waits for.
                }
            });
            poster.Start();
            host.Dispose();
            poster.Join();
            Assert.Equal(accepted, ran);
        }
    }

    private static void Cycle(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind, o => o with { Name = "cycle", ArenaSize = 1 });
        string path = host.NewFile("f", new byte[4096]);
        Assert.Equal(4096, host.WithFile(path, IoOpenOptions.None, async IoTask<long> (file) => file.Length));
    }
}
