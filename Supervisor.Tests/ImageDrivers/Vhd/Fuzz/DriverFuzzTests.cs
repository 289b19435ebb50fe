using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.Formats.Crypto;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.ImageDrivers.Vhd;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Storage;
using Tapvisor.Tests.Formats.Vhd.Fuzz;
using Xunit.Abstractions;

namespace Tapvisor.Tests.ImageDrivers.Vhd.Fuzz;

/// <summary>
/// The driver is given damaged and hostile files: it refuses them with a sentence and leaves them as they are, or serves them as it would
/// good ones. It never throws anything else, hangs, or takes memory without bound.
/// </summary>
public sealed class DriverFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 1500;
    private const string Leaf = "/fuzz/leaf";
    private const string Parent = "/fuzz/parent";
    private const int Piece = 64 * 1024;

    // Of a disk that claims to be large, as many pieces are read.
    private const int MaxPieces = 64;

    // A block table of 2 TiB takes 4 MiB, a few MiB more are pieces and the simulation's own.
    private const long MaxAllocation = 96 << 20;
    private const int SectorSize = 512;

    private readonly FuzzRuns _runs = new(output);

    [Fact]
    public void A_hostile_file_is_refused_and_left_alone_or_served_as_a_good_one() => _runs.Run(Rounds, seed =>
    {
        var random = new Random(seed);
        bool isReadOnly = random.Next(3) == 0;
        var machine = new SimulatedMachine(seed);
        byte[] file = VhdMutator.Mutate(FuzzCorpus.Choose(random), random);
        byte[] parent = random.Next(2) == 0 ? FuzzCorpus.Choose(random) : VhdMutator.Mutate(FuzzCorpus.Choose(random), random);
        machine.Files.CreateFile(Leaf, file.Length).Fill(0, file);
        machine.Files.CreateFile(Parent, parent.Length).Fill(0, parent);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isServed = Serve(machine, random, isReadOnly);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocation);
        AssertUnchanged(machine, Parent, parent);
        if (isReadOnly || !isServed)
            AssertUnchanged(machine, Leaf, file);
    });

    private static bool Serve(SimulatedMachine machine, Random random, bool isReadOnly)
    {
        using var engine = new SimulatedEngine(machine, "engine");
        var scope = new IoScope(engine, "fuzz");
        ImageOptions options = isReadOnly ? ImageOptions.ReadOnly : ImageOptions.None;
        if (TryOpen(engine, scope, options, out _) is not { } image)
        {
            engine.AssertNothingLeaked();
            return false;
        }
        ReadPieces(engine, image, random);
        if (!isReadOnly && image.Info.Length > 0)
            WriteAndReadBack(engine, scope, image, random);
        else
            Assert.Equal(0, engine.Run(image.CloseAsync));
        engine.AssertNothingLeaked();
        return true;
    }

    private static IImageDriver? TryOpen(SimulatedEngine engine, IoScope scope, ImageOptions options, out string? refusal)
    {
        refusal = null;
        try
        {
            return engine.Run(() => new VhdOpening(scope, (_, _) => Parent, new VhdTuning(), new ImageKeys(null, KeyDirectories.None)).OpenAsync(Leaf, options, null));
        }
        catch (BlockException e)
        {
            Assert.True(e.Message.EndsWith('.') && e.Errno > 0, e.Message);
            refusal = e.Message;
            return null;
        }
    }

    /// <summary>All of a small disk, and pieces from everywhere of a large one.</summary>
    private static void ReadPieces(SimulatedEngine engine, IImageDriver image, Random random)
    {
        var quota = new BufferQuota(long.MaxValue);
        IoBuffer buffer = engine.Buffers.Rent(Piece, quota);
        long pieces = (image.Info.Length + Piece - 1) / Piece;
        for (int i = 0; i < Math.Min(pieces, MaxPieces); i++)
        {
            long at = (pieces <= MaxPieces ? i : i == 0 ? pieces - 1 : random.NextInt64(pieces)) * Piece;
            int result = engine.Run(() => image.ReadAsync(at, buffer.Slice(0, (int)Math.Min(Piece, image.Info.Length - at))));
            Assert.True(result is 0 or < 0 and > -4096, $"A read returned {result}.");
        }
        engine.Buffers.Return(buffer, quota);
    }

    /// <summary>What was written to a file that was accepted is there after it was opened again.</summary>
    private static void WriteAndReadBack(SimulatedEngine engine, IoScope scope, IImageDriver image, Random random)
    {
        long length = image.Info.Length;
        var written = new Dictionary<long, byte>();
        for (byte value = 1; value < 6; value++)
        {
            long at = random.NextInt64(length / SectorSize) * SectorSize;
            int result = Transfer(engine, SectorSize, value, buffer => engine.Run(() => image.WriteAsync(at, buffer, WriteOptions.None))).Result;
            Assert.True(result is 0 or -Errno.ENOSPC or -Errno.EIO, $"A write returned {result}.");
            if (result == 0)
                written[at] = value;
            else
                written.Remove(at);
        }
        int closed = engine.Run(image.CloseAsync);
        Assert.True(closed == 0, $"Closing returned {closed}.");
        image = TryOpen(engine, scope, ImageOptions.ReadOnly, out string? refusal)
            ?? throw new InvalidOperationException($"It cannot be opened any more: {refusal}");
        foreach ((long at, byte value) in written)
        {
            (int result, byte[] content) = Transfer(engine, SectorSize, 0, buffer => engine.Run(() => image.ReadAsync(at, buffer)));
            Assert.Equal(0, result);
            Assert.False(content.AsSpan().ContainsAnyExcept(value), $"What was written at {at} is gone.");
        }
        Assert.Equal(0, engine.Run(image.CloseAsync));
    }

    private static (int Result, byte[] Content) Transfer(SimulatedEngine engine, int length, byte value, Func<IoBuffer, int> transfer)
    {
        var quota = new BufferQuota(long.MaxValue);
        IoBuffer buffer = engine.Buffers.Rent(length, quota);
        buffer.Span.Fill(value);
        int result = transfer(buffer);
        byte[] content = buffer.Span.ToArray();
        engine.Buffers.Return(buffer, quota);
        return (result, content);
    }

    private static void AssertUnchanged(SimulatedMachine machine, string path, byte[] original)
    {
        SimulatedDisk disk = machine.Files[path];
        Assert.True(disk.Length == original.Length && disk.Content(0, original.Length).AsSpan().SequenceEqual(original), $"{path} was changed.");
    }
}
