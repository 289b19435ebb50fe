using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>
/// A small VHD on a simulated machine, of the given shape, with requests to it whose every promise is written down. It can be killed, crash
/// and be opened again at any moment.
/// </summary>
internal sealed class VhdSimulation : IDisposable
{
    internal const int BlockSize = 4 * 1024;

    // More than the entries of one sector of the BAT.
    internal const int Blocks = 132;
    internal const int Sectors = Blocks * BlockSize / SectorHistory.SectorSize;
    internal const int SectorsPerBlock = BlockSize / SectorHistory.SectorSize;
    private const int ReadSize = 24 * BlockSize;

    private readonly SimulatedChain _chain;

    /// <param name="seed">Decides everything.</param>
    /// <param name="shape">Of the disk.</param>
    /// <param name="room">How many blocks a device has room for.</param>
    internal VhdSimulation(int seed, VhdShape shape, int room = Blocks)
    {
        Random = new Random(seed);
        Machine = new SimulatedMachine(seed);
        _chain = new SimulatedChain(shape, room);
        _chain.CreateFiles(Machine, History);
        Start();
    }

    internal SimulatedMachine Machine { get; private set; }

    internal SimulatedEngine Engine { get; private set; } = null!;

    internal IImageDriver Image { get; private set; } = null!;

    internal SectorHistory History { get; } = new(Sectors);

    internal Random Random { get; }

    internal SimulatedDisk Disk => Machine.Files[_chain.Leaf];

    internal IoScope Scope { get; private set; } = null!;

    internal BufferQuota Quota { get; } = new(long.MaxValue);

    /// <summary>How many files may still be put on top.</summary>
    internal int SnapshotsLeft => SimulatedChain.MaxSnapshots - _chain.Snapshots;

    public void Dispose() => Engine.Dispose();

    /// <summary>A new process opens the disk.</summary>
    internal void Start() => (Engine, Scope, Image) = OpenOn(Machine);

    /// <summary>Runs so many steps, or until nothing happens any more.</summary>
    internal void RunSteps(int steps)
    {
        // An alarm clock keeps the machine from coming to rest before the steps are done.
        var scope = new IoScope(Engine, "alarm");
        Task<int> alarm = Engine.RunAsync(() => scope.DelayAsync(TimeSpan.FromHours(1)));
        Engine.RunUntil(() => steps-- <= 0 || alarm.IsCompleted);
    }

    /// <summary>If power were lost now, the file would be sound, and the disk hold what was promised; but it is not.</summary>
    /// <param name="ways">How many of the states that this might leave are looked at.</param>
    internal void CheckCrashes(int ways)
    {
        for (; ways > 0; ways--)
            CheckAfterCrash(Machine.AfterCrash(Random.Next()));
    }

    /// <summary>Power is lost and comes back: the file must be sound, and the disk hold what was promised.</summary>
    internal void CrashAndCheck()
    {
        SimulatedMachine next = Machine.AfterCrash(Random.Next());
        _chain.CheckFiles(next);
        (SimulatedEngine engine, IoScope scope, IImageDriver image) = OpenOn(next);
        byte[] disk = ReadAll(engine, image);
        History.CheckAfterCrash(disk);

        // What it would have done from here on does not count.
        Abandon();
        (Machine, Engine, Scope, Image) = (next, engine, scope, image);
        History.BeginLife(disk);
    }

    /// <summary>Ends the run, and gives back its memory.</summary>
    internal void Abandon()
    {
        Engine.Post(Scope.Revoke);
        Engine.Run(Scope.DrainAsync);
        _ = Engine.Run(Image.CloseAsync);
        Machine.Run();
        Engine.Dispose();
    }

    /// <summary>The process is killed, and another one opens the disk: it must hold what was acknowledged.</summary>
    internal void KillAndCheck()
    {
        Engine.Kill();
        Machine.Run();
        CheckFile();
        Start();
        CheckAcknowledged();
        History.BeginLife(ReadAll());
    }

    /// <summary>Everything that was acknowledged is there.</summary>
    internal void CheckAcknowledged()
    {
        long began = History.Now();
        History.CheckRead(ReadAll(), 0, began);
    }

    internal void CheckFile() => _chain.CheckFiles(Machine);

    internal byte[] ReadAll() => ReadAll(Engine, Image);

    internal async IoTask<int> WriteAsync(int first, int count, WriteOptions options = WriteOptions.None)
    {
        SectorWrite write = History.Begin(first, count, SectorWriteKind.Data);
        IoBuffer buffer = Engine.Buffers.Rent(count * SectorHistory.SectorSize, Quota);
        SectorHistory.Content(write).CopyTo(buffer.Span);
        int result = await Image.WriteAsync((long)first * SectorHistory.SectorSize, buffer, options);
        Engine.Buffers.Return(buffer, Quota);
        if (result == 0)
            History.End(write, (options & WriteOptions.Durable) != 0);
        return result;
    }

    internal async IoTask<int> ZeroAsync(int first, int count, WriteOptions options = WriteOptions.None)
    {
        SectorWrite write = History.Begin(first, count, SectorWriteKind.Zero);
        int result = await Image.Ability<IWriteZeroes>()!.WriteZeroesAsync(
            (long)first * SectorHistory.SectorSize, (long)count * SectorHistory.SectorSize, options);
        if (result == 0)
            History.End(write, (options & WriteOptions.Durable) != 0);
        return result;
    }

    internal async IoTask<int> DiscardAsync(int first, int count)
    {
        SectorWrite write = History.Begin(first, count, SectorWriteKind.Discard);
        int result = await Image.Ability<IDiscard>()!.DiscardAsync(
            (long)first * SectorHistory.SectorSize, (long)count * SectorHistory.SectorSize, WriteOptions.None);
        if (result == 0)
            History.End(write, false);
        return result;
    }

    internal async IoTask<int> FlushAsync()
    {
        long began = History.Now();
        int result = await Image.FlushAsync();
        if (result == 0)
            History.Flushed(began);
        return result;
    }

    internal async IoTask<int> ReadAsync(int first, int count)
    {
        long began = History.Now();
        IoBuffer buffer = Engine.Buffers.Rent(count * SectorHistory.SectorSize, Quota);
        int result = await Image.ReadAsync((long)first * SectorHistory.SectorSize, buffer);
        if (result == 0)
            History.CheckRead(buffer.Span, first, began);
        Engine.Buffers.Return(buffer, Quota);
        return result;
    }

    internal async IoTask<int> CloseAsync()
    {
        long began = History.Now();
        int result = await Image.CloseAsync();
        if (result == 0)
            History.Flushed(began);
        return result;
    }

    internal async IoTask<int> ReopenAsync()
    {
        int result = await CloseAsync();
        Image = await _chain.OpenAsync(Scope);
        return result;
    }

    /// <summary>Puts a new, empty differencing disk on top, as `pause`, `vhd-util snapshot` and `unpause` do.</summary>
    internal async IoTask<int> SnapshotAsync()
    {
        int result = await CloseAsync();
        if (result == 0)
            result = await _chain.AddLeafAsync(Machine, Scope);
        Image = await _chain.OpenAsync(Scope);
        return result;
    }

    private void CheckAfterCrash(SimulatedMachine machine)
    {
        _chain.CheckFiles(machine);
        (SimulatedEngine engine, _, IImageDriver image) = OpenOn(machine);
        History.CheckAfterCrash(ReadAll(engine, image));
        Assert.Equal(0, engine.Run(image.CloseAsync));
        engine.Dispose();
    }

    private (SimulatedEngine Engine, IoScope Scope, IImageDriver Image) OpenOn(SimulatedMachine machine)
    {
        var engine = new SimulatedEngine(machine, "engine");
        var scope = new IoScope(engine, "vhd");
        return (engine, scope, engine.Run(() => _chain.OpenAsync(scope)));
    }

    private byte[] ReadAll(SimulatedEngine engine, IImageDriver image)
    {
        byte[] content = new byte[Sectors * SectorHistory.SectorSize];
        IoBuffer buffer = engine.Buffers.Rent(ReadSize, Quota);
        for (int at = 0; at < content.Length; at += ReadSize)
        {
            int length = Math.Min(ReadSize, content.Length - at);
            Assert.Equal(0, engine.Run(() => image.ReadAsync(at, buffer.Slice(0, length))));
            buffer.Span[..length].CopyTo(content.AsSpan(at));
        }
        engine.Buffers.Return(buffer, Quota);
        return content;
    }
}
