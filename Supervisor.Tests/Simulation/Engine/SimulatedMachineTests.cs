using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.Simulation.Engine;

public sealed class SimulatedMachineTests
{
    private const string Path = "/sim/disk";
    private const int Size = 64 * 1024;
    private readonly BufferQuota _quota = new(long.MaxValue);

    [Fact]
    public async Task A_timer_expires_when_time_has_passed_and_not_before()
    {
        using var engine = new SimulatedEngine(1);
        Task<int> timer = engine.RunAsync(() => engine.DelayAsync(new IoScope(engine, "test"), TimeSpan.FromSeconds(10)));
        engine.Run();
        Assert.False(timer.IsCompleted);
        engine.Advance(TimeSpan.FromSeconds(9));
        Assert.False(timer.IsCompleted);
        engine.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await timer);
        Assert.Equal(10_000_000_000, engine.Now);
    }

    [Fact]
    public async Task Revoking_ends_a_timer()
    {
        using var engine = new SimulatedEngine(1);
        var scope = new IoScope(engine, "test");
        Task<int> timer = engine.RunAsync(() => scope.DelayAsync(TimeSpan.FromSeconds(10)));
        engine.Run();
        engine.Post(scope.Revoke);
        engine.Run(scope.DrainAsync);
        Assert.Equal(-Errno.ECANCELED, await timer);
        Assert.Equal(-Errno.ECANCELED, engine.Run(() => scope.DelayAsync(TimeSpan.Zero)));
    }

    [Fact]
    public void What_can_never_happen_is_not_waited_for()
    {
        using var engine = new SimulatedEngine(17);
        var gate = new IoGate();
        var error = Assert.Throws<InvalidOperationException>(() => engine.Run(gate.WaitAsync));
        Assert.Contains("seed 17", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_offloaded_runs_off_the_engine_and_its_exception_comes_back()
    {
        using var engine = new SimulatedEngine(1);
        var scope = new IoScope(engine, "test");
        Assert.Null(engine.Run(() => engine.OffloadAsync(scope, () => IoEngine.Current)));
        Task<int> failing = engine.RunAsync(() => engine.OffloadAsync<int>(scope, () => throw new TimeoutException()));
        engine.Run();
        await Assert.ThrowsAsync<TimeoutException>(() => failing);
        Assert.Equal(0, scope.Outstanding);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_another()
    {
        Assert.Equal(Order(5), Order(5));
        Assert.NotEqual(Order(5), Order(6));
    }

    [Fact]
    public void A_sync_saves_what_was_written_before_it() => Seeds.Run(50, seed =>
    {
        using var engine = new SimulatedEngine(seed);
        SimulatedDisk disk = engine.Files.CreateFile(Path, Size);
        IoFile file = Open(engine);
        Write(engine, file, 0, 1);
        engine.Run(file.SyncAsync);
        Write(engine, file, 4096, 2);
        engine.Machine.Crash();
        Assert.Equal(1, disk.Content(0, 1)[0]);
        Assert.Contains(disk.Content(4096, 1)[0], new byte[] { 0, 2 });
    });

    [Fact]
    public void A_crash_keeps_drops_and_tears_what_was_not_synced()
    {
        HashSet<string> outcomes = [];
        Seeds.Run(100, seed =>
        {
            using var engine = new SimulatedEngine(seed);
            SimulatedDisk disk = engine.Files.CreateFile(Path, Size);
            Write(engine, Open(engine), 4096, 1);
            engine.Machine.Crash();
            int[] sectors = [.. Enumerable.Range(0, 8).Select(i => (int)disk.Content(4096 + (i * 512), 1)[0])];
            outcomes.Add(sectors.Sum() switch { 0 => "dropped", 8 => "kept", _ => "torn" });
            for (int sector = 0; sector < 8; sector++)
                Assert.Equal(-1, disk.Content(4096 + (sector * 512), 512).AsSpan().IndexOfAnyExcept((byte)sectors[sector]));
        });
        Assert.Equal(3, outcomes.Count);
    }

    [Fact]
    public void A_durable_write_saves_itself_and_nothing_else()
    {
        HashSet<byte> others = [];
        Seeds.Run(50, seed =>
        {
            using var engine = new SimulatedEngine(seed);
            SimulatedDisk disk = engine.Files.CreateFile(Path, Size);
            IoFile file = Open(engine);
            Write(engine, file, 0, 1);
            Write(engine, file, 0, 2, durable: true);
            Write(engine, file, 4096, 3);
            Write(engine, file, 8192, 4, durable: true);
            engine.Machine.Crash();
            Assert.Equal(2, disk.Content(0, 1)[0]);
            Assert.Equal(4, disk.Content(8192, 1)[0]);
            others.Add(disk.Content(4096, 1)[0]);
        });
        Assert.Equal(2, others.Count);
    }

    [Fact]
    public void Holes_and_lengths_are_as_volatile_as_data()
    {
        HashSet<(long Length, byte Byte)> outcomes = [];
        Seeds.Run(50, seed =>
        {
            using var engine = new SimulatedEngine(seed);
            SimulatedDisk disk = engine.Files.CreateFile(Path, Size);
            disk.Fill(0, [9]);
            IoFile file = Open(engine);
            engine.Run(() => file.AllocateAsync(IoAllocateMode.PunchHole, 0, 4096));
            engine.Run(() => file.TruncateAsync(2 * Size));
            engine.Machine.Crash();
            outcomes.Add((disk.Length, disk.Content(0, 1)[0]));
        });
        Assert.Equal(4, outcomes.Count);
    }

    [Fact]
    public void What_is_in_flight_at_a_crash_may_land_or_not()
    {
        HashSet<byte> outcomes = [];
        Seeds.Run(50, seed =>
        {
            using var engine = new SimulatedEngine(seed);
            SimulatedDisk disk = engine.Files.CreateFile(Path, Size);
            IoFile file = Open(engine);
            IoBuffer buffer = Rent(engine, 1);
            Task<int> write = engine.RunAsync(() => file.WriteAsync(buffer, 0));
            engine.Machine.Advance(TimeSpan.Zero);
            Assert.False(write.IsCompleted);
            engine.Machine.Crash();
            outcomes.Add(disk.Content(0, 1)[0]);
        });
        Assert.Equal(2, outcomes.Count);
    }

    [Fact]
    public void After_a_failed_sync_of_the_page_cache_a_good_one_promises_nothing()
    {
        HashSet<byte> outcomes = [];
        Seeds.Run(50, seed =>
        {
            using var engine = new SimulatedEngine(seed);
            SimulatedDisk disk = engine.Files.CreateFile(Path, Size);
            engine.Machine.Faults.Add(new() { Operation = SimulatedOperation.Sync, Count = 1, Errno = Errno.EIO });
            IoFile file = Open(engine, IoOpenOptions.None);
            Write(engine, file, 0, 1);
            Assert.Equal(-Errno.EIO, engine.Run(file.SyncAsync));
            Assert.Equal(0, engine.Run(file.SyncAsync));
            engine.Machine.Crash();
            outcomes.Add(disk.Content(0, 1)[0]);
        });
        Assert.Equal(2, outcomes.Count);
    }

    [Fact]
    public void A_new_engine_runs_on_a_machine_that_crashed()
    {
        var machine = new SimulatedMachine(3);
        using var first = new SimulatedEngine(machine, "first");
        machine.Files.CreateFile(Path, Size);
        IoFile old = Open(first);
        first.Run(() => old.LockAsync(IoLock.Exclusive));
        machine.Crash();
        Assert.Throws<ObjectDisposedException>(() => first.Post(() => { }));
        using var second = new SimulatedEngine(machine, "second");
        IoFile file = Open(second);
        Assert.Equal(0, second.Run(() => file.LockAsync(IoLock.Exclusive)));
    }

    [Fact]
    public void A_failing_seed_is_named()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Seeds.Run(5, seed => Assert.NotEqual(3, seed)));
        Assert.Contains("TAPVISOR_TEST_SEED=3", error.Message, StringComparison.Ordinal);
    }

    private string Order(int seed)
    {
        using var engine = new SimulatedEngine(seed);
        engine.Files.CreateFile(Path, Size);
        IoFile file = Open(engine);
        List<int> order = [];
        Task<int>[] reads = [.. Enumerable.Range(0, 10).Select(i => engine.RunAsync(() => ReadAsync(i)))];
        engine.RunUntil(() => reads.All(r => r.IsCompleted));
        return string.Join(",", order) + "@" + engine.Now;

        async IoTask<int> ReadAsync(int index)
        {
            int result = await file.ReadAsync(Rent(engine, 0), 0);
            order.Add(index);
            return result;
        }
    }

    private static IoFile Open(SimulatedEngine engine, IoOpenOptions options = IoOpenOptions.Direct)
    {
        var scope = new IoScope(engine, "test");
        return engine.Run(() => engine.OpenAsync(scope, Path, options));
    }

    private void Write(SimulatedEngine engine, IoFile file, long offset, byte value, bool durable = false)
    {
        IoBuffer buffer = Rent(engine, value);
        Assert.Equal(buffer.Length, engine.Run(() => file.WriteAsync(buffer, offset, durable)));
    }

    private IoBuffer Rent(SimulatedEngine engine, byte value)
    {
        IoBuffer buffer = engine.Buffers.Rent(4096, _quota);
        buffer.Span.Fill(value);
        return buffer;
    }
}
