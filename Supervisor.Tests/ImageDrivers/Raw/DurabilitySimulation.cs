using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.ImageDrivers.Raw;

/// <summary>
/// Clients that write (durably or not, aligned or not) and flush until the machine or the driver stops, and a judge of what is on the disk
/// then: whatever a flush or a durable write promised must be there, and nothing may be there that was never written.
/// </summary>
internal sealed class DurabilitySimulation : IDisposable
{
    internal const int Size = 32 * 1024;
    private const int Clients = 6;
    private const int MaxWrites = 250;
    private readonly Random _random;
    private readonly List<WriteRecord> _writes = [new WriteRecord(0, Size, 0) { Ended = 0, IsStable = true }];
    private long _clock;

    internal DurabilitySimulation(int seed, int sector, bool isAligned)
    {
        _random = new Random(seed);
        IsAligned = isAligned;
        Fixture = new ImageFixture(seed);
        Disk = Fixture.Machine.Files.CreateDevice(ImageFixture.Path, Size, sector);
        Image = Fixture.Open();
    }

    internal ImageFixture Fixture { get; }

    internal SimulatedDisk Disk { get; }

    internal IImageDriver Image { get; }

    internal bool IsAligned { get; }

    /// <summary>Writes that were acknowledged.</summary>
    internal int Acknowledged => _writes.Count(w => w.Ended is not null) - 1;

    public void Dispose() => Fixture.Dispose();

    internal Task<int>[] StartClients() => [.. Enumerable.Range(0, Clients).Select(_ => Fixture.Engine.RunAsync(ClientAsync))];

    /// <summary>After a loss of power: each byte is of a write that no stable one had replaced for sure.</summary>
    internal void CheckAfterCrash() => Check(w => w.IsStable);

    /// <summary>While the machine lives: each byte is of a write that no acknowledged one had replaced for sure.</summary>
    internal void CheckWhileUp() => Check(w => w.Ended is not null);

    /// <summary>After a loss of power, when all writes were whole sectors: no sector mixes two of them.</summary>
    internal void CheckSectorsAreWhole()
    {
        byte[] content = Disk.Content(0, Size);
        for (int sector = 0; sector < Size; sector += Disk.SectorSize)
            Assert.Equal(-1, content.AsSpan(sector, Disk.SectorSize).IndexOfAnyExcept(content[sector]));
    }

    private void Check(Func<WriteRecord, bool> holds)
    {
        long[] newest = new long[Size];
        foreach (WriteRecord write in _writes.Where(holds))
        {
            foreach (ref long began in newest.AsSpan(write.Offset, write.Length))
                began = Math.Max(began, write.Began);
        }
        byte[] content = Disk.Content(0, Size);
        for (int at = 0; at < Size; at++)
        {
            WriteRecord? found = content[at] < _writes.Count ? _writes[content[at]] : null;
            if (found is null || !found.Covers(at) || found.Ended < newest[at])
                Assert.Fail($"Byte {at} is of {found}, but a write that began at {newest[at]} was promised to be there.");
        }
    }

    private async IoTask<int> ClientAsync()
    {
        int result = 0;
        while (result == 0 && _writes.Count < MaxWrites)
            result = _random.Next(5) == 0 ? await FlushAsync() : await WriteAsync();
        return result;
    }

    private async IoTask<int> FlushAsync()
    {
        long began = ++_clock;
        int result = await Image.FlushAsync();
        if (result == 0)
        {
            foreach (WriteRecord write in _writes)
                write.IsStable |= write.Ended < began;
        }
        return result;
    }

    private async IoTask<int> WriteAsync()
    {
        int unit = IsAligned ? Disk.SectorSize : 1;
        int length = Math.Max(unit, _random.Next(1, 10_000) / unit * unit);
        int offset = _random.Next(Size - length + 1) / unit * unit;
        bool durable = _random.Next(4) == 0;
        var write = new WriteRecord(offset, length, (byte)_writes.Count) { Began = ++_clock };
        _writes.Add(write);
        IoBuffer memory = Fixture.Engine.Buffers.Rent(length, Fixture.Quota);
        memory.Span.Fill(write.Value);
        int result = await Image.WriteAsync(offset, memory, durable ? WriteOptions.Durable : WriteOptions.None);
        Fixture.Engine.Buffers.Return(memory, Fixture.Quota);
        if (result == 0)
        {
            write.Ended = ++_clock;
            write.IsStable |= durable;
        }
        return result;
    }

    private sealed record WriteRecord(int Offset, int Length, byte Value)
    {
        internal long Began { get; init; }

        internal long? Ended { get; set; }

        internal bool IsStable { get; set; }

        internal bool Covers(int at) => at >= Offset && at < Offset + Length;
    }
}
