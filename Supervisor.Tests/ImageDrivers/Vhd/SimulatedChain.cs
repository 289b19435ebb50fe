using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.ImageDrivers.Vhd;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Storage;
using Tapvisor.Tests.Formats.Vhd;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>The files of a simulated disk: what it is based on, its leaf, and the leaves that are put on top of it.</summary>
/// <param name="shape">Of the disk.</param>
/// <param name="room">How many blocks a device has room for.</param>
internal sealed class SimulatedChain(VhdShape shape, int room)
{
    internal const int MaxSnapshots = 4;
    private const int SectorSize = SectorHistory.SectorSize;
    private const int Size = VhdSimulation.Sectors * SectorSize;
    private const string Raw = "/sim/raw";
    private const string Middle = "/sim/middle";
    private const int MetadataRoom = 16 * 1024;
    private const byte Garbage = 0xEE;

    // Few bitmaps and small steps, so that what is rare in earnest happens here all the time.
    private static readonly VhdTuning s_tuning = new()
    {
        MinGrowth = 3 * VhdSimulation.BlockSize,
        MaxGrowth = 24 * VhdSimulation.BlockSize,
        BitmapCache = 4 * SectorSize,
    };

    // The middle of a chain is the same every time: it is made once.
    private static readonly ConcurrentDictionary<VhdShape, byte[]> s_middles = new();
    private static readonly SecretMemory s_key = new([.. Enumerable.Range(1, 64).Select(i => (byte)i)]);

    private readonly Dictionary<string, string> _parents = [];
    private int _serial;

    internal string Leaf { get; private set; } = "/sim/leaf0";

    /// <summary>Files that were put on top.</summary>
    internal int Snapshots { get; private set; }

    private bool IsDevice => shape is VhdShape.Device or VhdShape.DifferencingDevice;

    private bool IsEncrypted => shape is VhdShape.Encrypted or VhdShape.EncryptedChain;

    private bool HasRaw => shape is not (VhdShape.Dynamic or VhdShape.Device or VhdShape.Remains or VhdShape.Encrypted);

    private bool HasMiddle => shape is VhdShape.Chain or VhdShape.EncryptedChain;

    private KeyHash? Hash => IsEncrypted ? KeyHash.Compute(new byte[KeyHash.NonceSize], s_key.Span) : null;

    /// <summary>Makes the disk as it is at first.</summary>
    internal void CreateFiles(SimulatedMachine machine, SectorHistory history)
    {
        if (HasRaw)
        {
            // The base is raw and shorter than the disk, so that there is something behind its end.
            byte[] content = history.Original(0, VhdSimulation.Sectors / 2);
            machine.Files.CreateFile(Raw, content.Length).Fill(0, content);
        }
        string? parent = HasRaw ? Raw : null;
        if (HasMiddle)
        {
            (int First, byte[] Content)[] written = [.. MiddleRuns().Select(run => (run.First, history.Original(run.First, run.Count)))];
            byte[] file = s_middles.GetOrAdd(shape, _ => MakeMiddle(written));
            machine.Files.CreateFile(Middle, file.Length).Fill(0, file);
            _parents[Middle] = Raw;
            parent = Middle;
        }
        if (parent is not null)
            _parents[Leaf] = parent;
        Create(machine, Leaf).Fill(0, New(Leaf, parent, IsDevice || shape == VhdShape.Remains));
    }

    /// <summary>Opens the leaf, which repairs it if need be.</summary>
    internal IoTask<IImageDriver> OpenAsync(IoScope scope) => OpenAsync(scope, Leaf);

    /// <summary>Makes a new leaf. It counts from when its file is on stable storage; what a crash leaves of it before is of no use.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> AddLeafAsync(SimulatedMachine machine, IoScope scope)
    {
        string path = $"/sim/leaf{++_serial}";
        byte[] content = New(path, Leaf, IsDevice);
        Create(machine, path);
        IoFile file = await scope.Engine.OpenAsync(scope, path, IoOpenOptions.Direct);
        var quota = new BufferQuota(long.MaxValue);
        IoBuffer buffer = scope.Engine.Buffers.Rent(content.Length, quota);
        content.CopyTo(buffer.Span);
        int written = await file.WriteAsync(buffer, 0);
        scope.Engine.Buffers.Return(buffer, quota);
        int synced = await file.SyncAsync();
        await file.CloseAsync();
        if (written < 0 || synced < 0)
            return Math.Min(written, synced);
        _parents[path] = Leaf;
        Leaf = path;
        Snapshots++;
        return 0;
    }

    /// <summary>Every VHD of the chain is as it should be.</summary>
    internal void CheckFiles(SimulatedMachine machine)
    {
        for (string? path = Leaf; path is not null && path != Raw; path = _parents.GetValueOrDefault(path))
        {
            SimulatedDisk disk = machine.Files[path];
            SmallVhd.Check(disk.Content(0, (int)disk.Length));
        }
    }

    private static IEnumerable<(int First, int Count)> MiddleRuns() =>
        [(1, 3), (VhdSimulation.SectorsPerBlock * 2, VhdSimulation.SectorsPerBlock), (VhdSimulation.Sectors - 9, 7)];

    private static Guid UuidOf(string path) => new(SHA256.HashData(Encoding.ASCII.GetBytes(path)).AsSpan(0, 16));

    private IoTask<IImageDriver> OpenAsync(IoScope scope, string path) =>
        new VhdOpening(scope, (child, _) => _parents[child], s_tuning, new ImageKeys(IsEncrypted ? s_key : null, KeyDirectories.None))
            .OpenAsync(path, ImageOptions.None, null);

    private byte[] New(string path, string? parent, bool hasRemains)
    {
        Guid? link = parent is null ? null : parent == Raw ? Guid.Empty : UuidOf(parent);
        byte[] file = SmallVhd.Create(Size, VhdSimulation.BlockSize, UuidOf(path), link, hasRemains ? DeviceSize : 0, Hash);
        if (!hasRemains)
            return file;

        // What was there before must never be seen.
        int behind = (int)LoadedVhd.Of(file).EndOfHeaders;
        file.AsSpan(behind, file.Length - behind - SectorSize).Fill(Garbage);
        return file;
    }

    private int DeviceSize => MetadataRoom + (room * 2 * VhdSimulation.BlockSize);

    private SimulatedDisk Create(SimulatedMachine machine, string path)
    {
        if (!IsDevice)
            return machine.Files.CreateFile(path, 0);
        SimulatedDisk device = machine.Files.CreateDevice(path, DeviceSize);
        byte[] garbage = new byte[DeviceSize];
        garbage.AsSpan().Fill(Garbage);
        device.Fill(0, garbage);
        return device;
    }

    private byte[] MakeMiddle((int First, byte[] Content)[] written)
    {
        var machine = new SimulatedMachine(1);
        byte[] empty = New(Middle, Raw, hasRemains: false);
        machine.Files.CreateFile(Middle, empty.Length).Fill(0, empty);
        machine.Files.CreateFile(Raw, SectorSize);
        _parents[Middle] = Raw;
        using var engine = new SimulatedEngine(machine, "engine");
        var scope = new IoScope(engine, "middle");
        var quota = new BufferQuota(long.MaxValue);
        IImageDriver image = engine.Run(() => OpenAsync(scope, Middle));
        foreach ((int first, byte[] content) in written)
        {
            IoBuffer buffer = engine.Buffers.Rent(content.Length, quota);
            content.CopyTo(buffer.Span);
            Assert.Equal(0, engine.Run(() => image.WriteAsync((long)first * SectorSize, buffer, WriteOptions.None)));
            engine.Buffers.Return(buffer, quota);
        }
        Assert.Equal(0, engine.Run(image.CloseAsync));
        SimulatedDisk disk = machine.Files[Middle];
        return disk.Content(0, (int)disk.Length);
    }
}
