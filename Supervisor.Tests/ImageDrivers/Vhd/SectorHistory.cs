using System.Buffers.Binary;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>
/// Everything that was ever written to a disk, and so what each of its sectors may hold. The content of a sector tells which write it is
/// of:
/// its number and the sector's, over and over. A sector of zeroes is one that was never written, or zeroed, or discarded.
/// </summary>
internal sealed class SectorHistory
{
    internal const int SectorSize = 512;

    private readonly List<SectorWrite> _writes = [];

    // Of each sector, the number of the write that it is of when a life of the machine begins; 0 for zeroes.
    private readonly int[] _original;
    private long _clock;

    // Writes of former lives, which count only as far as they are the original.
    private int _past;

    /// <param name="sectors">Sectors of the disk.</param>
    internal SectorHistory(int sectors) => _original = new int[sectors];

    internal int Count => _writes.Count;

    private IEnumerable<SectorWrite> Present => _writes.Skip(_past);

    internal long Now() => ++_clock;

    /// <summary>What was there before all.</summary>
    internal byte[] Original(int first, int count)
    {
        var write = new SectorWrite(_writes.Count + 1, first, count, SectorWriteKind.Data);
        _writes.Add(write);
        _original.AsSpan(first, count).Fill(write.Number);
        _past = _writes.Count;
        return Content(write);
    }

    /// <summary>Nothing of the past is under way any more: what is on the disk now is what there is.</summary>
    internal void BeginLife(ReadOnlySpan<byte> disk)
    {
        for (int sector = 0; sector < _original.Length; sector++)
            _original[sector] = BinaryPrimitives.ReadInt32LittleEndian(disk[(sector * SectorSize)..]);
        _past = _writes.Count;
    }

    internal SectorWrite Begin(int first, int count, SectorWriteKind kind)
    {
        var write = new SectorWrite(_writes.Count + 1, first, count, kind) { Began = Now() };
        _writes.Add(write);
        return write;
    }

    internal void End(SectorWrite write, bool durable)
    {
        write.Ended = Now();
        write.IsStable |= durable;
    }

    /// <summary>What had ended before <paramref name="began"/> is on stable storage.</summary>
    internal void Flushed(long began)
    {
        foreach (SectorWrite write in Present)
            write.IsStable |= write.Ended < began;
    }

    internal static byte[] Content(SectorWrite write)
    {
        byte[] content = new byte[write.Count * SectorSize];
        for (int at = 0; at < write.Count && write.Kind == SectorWriteKind.Data; at++)
            Fill(content.AsSpan(at * SectorSize, SectorSize), write, write.First + at);
        return content;
    }

    /// <summary>After a loss of power: no sector is of a write that a stable one had replaced for sure.</summary>
    internal void CheckAfterCrash(ReadOnlySpan<byte> disk) => Check(disk, 0, w => w.IsStable);

    /// <summary>Seen by a reader that began then: no sector is of a write that one acknowledged before had replaced for sure.</summary>
    internal void CheckRead(ReadOnlySpan<byte> data, int first, long began) => Check(data, first, w => w.Ended < began);

    private void Check(ReadOnlySpan<byte> data, int first, Func<SectorWrite, bool> holds)
    {
        int count = data.Length / SectorSize;
        long[] newest = new long[count];
        foreach (SectorWrite write in Present)
        {
            // A discard may or may not be done: it replaces nothing for sure.
            if (write.Kind == SectorWriteKind.Discard || !holds(write))
                continue;
            for (int at = Math.Max(0, write.First - first); at < Math.Min(count, write.First + write.Count - first); at++)
                newest[at] = Math.Max(newest[at], write.Began);
        }
        for (int at = 0; at < count; at++)
            CheckSector(data.Slice(at * SectorSize, SectorSize), first + at, newest[at]);
    }

    private void CheckSector(ReadOnlySpan<byte> data, int sector, long newest)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(data);
        SectorWrite? found = number > 0 && number <= _writes.Count ? _writes[number - 1] : null;
        bool isAllowed = number == _original[sector] && newest == 0;
        if (number == 0)
            isAllowed = isAllowed || Present.Any(w => w.Kind != SectorWriteKind.Data && w.Covers(sector) && !(w.Ended < newest));
        else
            isAllowed |= number > _past && found is { Kind: SectorWriteKind.Data } && found.Covers(sector) && !(found.Ended < newest);
        if (!isAllowed)
        {
            SectorWrite? promised = _writes.Find(w => w.Began == newest);
            Assert.Fail($"Sector {sector} is of write {number} ({found}), but {promised} was promised to be there.");
        }

        Span<byte> whole = stackalloc byte[SectorSize];
        whole.Clear();
        if (found is not null)
            Fill(whole, found, sector);
        if (!data.SequenceEqual(whole))
            Assert.Fail($"Sector {sector} is not all of write {number}.");
    }

    private static void Fill(Span<byte> content, SectorWrite write, int sector)
    {
        for (int at = 0; at < SectorSize; at += 8)
        {
            BinaryPrimitives.WriteInt32LittleEndian(content[at..], write.Number);
            BinaryPrimitives.WriteInt32LittleEndian(content[(at + 4)..], sector);
        }
    }
}
