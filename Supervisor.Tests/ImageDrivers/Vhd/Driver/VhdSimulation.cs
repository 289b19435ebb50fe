using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Engines.Simulated;
using Tapvisor.BlockIo.Engines.Simulated.Storage;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Crypto;
using Tapvisor.ImageDrivers.Vhd.Driver;
using Tapvisor.Native;

namespace Tapvisor.Tests.ImageDrivers.Vhd.Driver;

/// <summary>
/// A small VHD on a simulated machine, of the given shape, with requests to it whose every promise is written down. It can be killed,
/// crash and
/// be opened again at any moment.
/// </summary>
internal sealed class VhdSimulation : IDisposable
{
    internal const int BlockSize = 8 * 1024;
    internal const int Blocks = 140;
    internal const int Sectors = Blocks * BlockSize / SectorHistory.SectorSize;
    internal const int SectorsPerBlock = BlockSize / SectorHistory.SectorSize;
    private const string Leaf = "/sim/leaf";
    private const string Parent = "/sim/parent";
    private const int DeviceSize = 3 << 20;

    // Few bitmaps and small steps, so that what is rare in earnest happens here all the time.
    private static readonly VhdTuning s_tuning = new() { MinGrowth = 3 * BlockSize, MaxGrowth = 24 * BlockSize, BitmapCache = 4 * 512 };

    private static readonly SecretMemory s_key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private readonly VhdShape _shape;
    private readonly bool _isDevice;

    internal VhdSimulation(int seed, VhdShape shape)
    {
        Random = new Random(seed);
        _shape = shape;
        _isDevice = shape is VhdShape.Device or VhdShape.DifferencingDevice;
        Machine = new SimulatedMachine(seed);
        CreateFiles();
        Start();
    }

    internal SimulatedMachine Machine { get; }

    internal SimulatedEngine Engine { get; private set; } = null!;

    internal IImageDriver Image { get; private set; } = null!;

    internal SectorHistory History { get; } = new(Sectors);

    internal Random Random { get; }

    internal SimulatedDisk Disk => Machine.Files[Leaf];

    internal IoScope Scope { get; private set; } = null!;

    internal BufferQuota Quota { get; } = new(long.MaxValue);

    public void Dispose() => Engine.Dispose();

    /// <summary>A new process opens the disk.</summary>
    internal void Start()
    {
        Engine = new SimulatedEngine(Machine, "engine");
        Scope = new IoScope(Engine, "vhd");
        Image = Engine.Run(OpenAsync);
    }

    /// <summary>Runs so many steps, or until nothing happens any more.</summary>
    internal void RunSteps(int steps)
    {
        // An alarm clock keeps the machine from coming to rest before the steps are done.
        var scope = new IoScope(Engine, "alarm");
        Task<int> alarm = Engine.RunAsync(() => scope.DelayAsync(TimeSpan.FromHours(1)));
        Engine.RunUntil(() => steps-- <= 0 || alarm.IsCompleted);
    }

    /// <summary>Power is lost and comes back: the file must be sound, and the disk hold what was promised.</summary>
    internal void CrashAndCheck()
    {
        Machine.Crash();
        Engine.Dispose();
        CheckFile();
        Start();
        byte[] disk = ReadAll();
        History.CheckAfterCrash(disk);
        History.BeginLife(disk);
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

    internal void CheckFile() => SmallVhd.Check(Disk.Content(0, (int)Disk.Length));

    internal byte[] ReadAll()
    {
        IoBuffer buffer = Engine.Buffers.Rent(Sectors * SectorHistory.SectorSize, Quota);
        Assert.Equal(0, Engine.Run(() => Image.ReadAsync(0, buffer)));
        byte[] content = buffer.Span.ToArray();
        Engine.Buffers.Return(buffer, Quota);
        return content;
    }

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
        Image = await OpenAsync();
        return result;
    }

    private IoTask<IImageDriver> OpenAsync() =>
        new VhdOpening(Scope, (_, _) => Parent, s_tuning, _shape == VhdShape.Encrypted ? s_key : null).OpenAsync(Leaf, ImageOptions.None, null);

    private void CreateFiles()
    {
        Guid uuid = Guid.NewGuid();
        Guid? parent = null;
        if (_shape is VhdShape.Differencing or VhdShape.DifferencingDevice)
        {
            // The parent is raw and shorter than the disk, so that there is something behind its end.
            parent = Guid.Empty;
            byte[] content = History.Original(0, Sectors / 2);
            Machine.Files.CreateFile(Parent, content.Length).Fill(0, content);
        }
        KeyHash? keyHash = _shape == VhdShape.Encrypted ? KeyHash.Compute(new byte[KeyHash.NonceSize], s_key.Span) : null;
        byte[] file = SmallVhd.Create(Sectors * SectorHistory.SectorSize, BlockSize, uuid, parent, _isDevice ? DeviceSize : 0, keyHash);
        if (!_isDevice)
        {
            Machine.Files.CreateFile(Leaf, file.Length).Fill(0, file);
            return;
        }

        // What the device held before must never be seen.
        int behind = (int)LoadedVhd.Of(file).EndOfHeaders;
        file.AsSpan(behind, file.Length - behind - SectorHistory.SectorSize).Fill(0xEE);
        Machine.Files.CreateDevice(Leaf, file.Length).Fill(0, file);
    }
}
