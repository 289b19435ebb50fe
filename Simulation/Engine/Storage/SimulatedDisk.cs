using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.Native;

namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>
/// A file or block device: what reads see, and what a crash would leave. A change takes effect for readers when it completes, and
/// becomes stable by a sync that began after that, or at once if it was durable. At a crash each change that is not stable is kept,
/// dropped or torn between sectors, by the seed; a sector ends up old or new, never mixed.
/// </summary>
internal sealed class SimulatedDisk(SimulatedMachine machine, string path, SimulatedDiskKind kind, int sectorSize)
{
    private readonly DiskContent _now = new();
    private readonly DiskContent _stable = new();
    private readonly List<DiskChange> _unstable = [];
    private readonly Stack<DiskChange> _free = new();
    private readonly List<InFlightWrite> _inFlight = [];
    private readonly List<(SimulatedFile File, IoLock Mode)> _locks = [];
    private readonly int[] _calls = new int[Enum.GetValues<SimulatedOperation>().Length];
    private long _sequence;

    /// <summary>Where it is.</summary>
    internal string Path { get; } = path;

    /// <summary>What it is.</summary>
    internal SimulatedDiskKind Kind { get; } = kind;

    /// <summary>Logical sector in bytes: the unit that is written whole or not at all, and of direct I/O.</summary>
    internal int SectorSize { get; } = sectorSize;

    /// <summary>False: opening with O_DIRECT says EINVAL.</summary>
    internal bool HasDirectIo { get; set; } = true;

    /// <summary>False: punching, zeroing and discarding say EOPNOTSUPP.</summary>
    internal bool CanAllocate { get; set; } = true;

    /// <summary>False: SEEK_DATA and SEEK_HOLE say EINVAL.</summary>
    internal bool CanSeek { get; set; } = true;

    /// <summary>False: opening says EACCES.</summary>
    internal bool IsReadable { get; set; } = true;

    /// <summary>Opening for writing says EACCES for a file, EROFS for a device, when false.</summary>
    internal bool IsWritable { get; set; } = true;

    /// <summary>False: everything is stable at once.</summary>
    internal bool HasVolatileCache { get; set; } = true;

    /// <summary>Bytes.</summary>
    internal long Length => _now.Length;

    /// <summary>How often an operation was asked of it.</summary>
    internal int Calls(SimulatedOperation operation) => _calls[(int)operation];

    internal void Count(SimulatedOperation operation) => _calls[(int)operation]++;

    /// <summary>Somebody outside sets its length, for good.</summary>
    internal void SetLength(long length)
    {
        _now.SetLength(length);
        _stable.SetLength(length);
    }

    /// <summary>Somebody outside writes to it, for good.</summary>
    internal void Fill(long offset, ReadOnlySpan<byte> data)
    {
        _now.Write(offset, data);
        _stable.Write(offset, data);
    }

    /// <summary>What reads see.</summary>
    internal byte[] Content(long offset, int length)
    {
        byte[] content = new byte[length];
        _now.Read(offset, content);
        return content;
    }

    internal int Read(long offset, IoBuffer buffer)
    {
        int length = (int)Math.Clamp(_now.Length - offset, 0, buffer.Length);
        _now.Read(offset, buffer.Span[..length]);
        return length;
    }

    /// <summary>A write begins: from here on a crash may leave some of it.</summary>
    internal void Begin(InFlightWrite write) => _inFlight.Add(write);

    /// <summary>A write ends, having had its effect or not.</summary>
    internal void End(InFlightWrite write) => _inFlight.Remove(write);

    /// <summary>A write takes effect.</summary>
    internal void Write(long offset, ReadOnlySpan<byte> data, bool durable, bool cached)
    {
        DiskChange change = Rent(DiskChangeKind.Write, offset, data.Length, durable, cached);
        change.SetData(data);
        Add(change);
    }

    /// <summary>A write that fails takes effect in some of its sectors.</summary>
    internal void WriteTorn(long offset, ReadOnlySpan<byte> data, bool cached)
    {
        for (int start = 0; start < data.Length;)
        {
            int length = Math.Min(data.Length - start, SectorSize - (int)((offset + start) % SectorSize));
            if (machine.Chance(2))
                Write(offset + start, data.Slice(start, length), false, cached);
            start += length;
        }
    }

    internal void Zero(long offset, long length, bool cached) => Add(Rent(DiskChangeKind.Zero, offset, length, false, cached));

    internal void Truncate(long length, bool cached) => Add(Rent(DiskChangeKind.SetLength, length, 0, false, cached));

    internal long Seek(IoSeek whence, long offset)
    {
        if (offset >= _now.Length)
            return -Errno.ENXIO;
        if (whence == IoSeek.Hole)
            return _now.NextHole(offset);
        long found = _now.NextData(offset);
        return found < 0 ? -Errno.ENXIO : found;
    }

    /// <summary>A sync begins: it covers what has taken effect so far.</summary>
    internal long BeginSync() => _sequence;

    /// <summary>A sync succeeds.</summary>
    internal void EndSync(long covered)
    {
        foreach (DiskChange change in _unstable)
            change.IsStable |= change.Sequence <= covered && !change.IsForgotten;
        Settle();
    }

    /// <summary>A sync fails: Linux marks the pages clean all the same, and will not try to write them again.</summary>
    internal void FailSync(long covered)
    {
        foreach (DiskChange change in _unstable)
            change.IsForgotten |= change.Sequence <= covered && change.IsCached && !change.IsStable;
    }

    internal int Lock(SimulatedFile file, IoLock mode)
    {
        foreach ((SimulatedFile other, IoLock held) in _locks)
        {
            if (other != file && mode != IoLock.None && (mode == IoLock.Exclusive || held == IoLock.Exclusive))
                return -Errno.EAGAIN;
        }
        Unlock(file);
        if (mode != IoLock.None)
            _locks.Add((file, mode));
        return 0;
    }

    internal void Unlock(SimulatedFile file) => _locks.RemoveAll(held => held.File == file);

    internal void Crash()
    {
        Survive(_stable, machine.Random);
        _unstable.Clear();
        _inFlight.Clear();
        _locks.Clear();
        _now.CopyFrom(_stable);
    }

    /// <summary>Gives another disk what a crash now, by another seed, would leave of this one, which goes on.</summary>
    internal void CrashInto(SimulatedDisk other, Random random)
    {
        other._stable.CopyFrom(_stable);
        Survive(other._stable, random);
        other._now.CopyFrom(other._stable);
        (other.HasDirectIo, other.CanAllocate, other.CanSeek, other.HasVolatileCache) = (HasDirectIo, CanAllocate, CanSeek, HasVolatileCache);
    }

    private void Survive(DiskContent content, Random random)
    {
        // From all lost to all kept, so that the extremes are seen as well.
        int keepers = random.Next(5);
        foreach (DiskChange change in _unstable)
        {
            if (change.IsStable)
                content.Apply(change);
            else
                ApplyByChance(content, change, keepers, random);
        }
        InFlightWrite[] landing = [.. _inFlight];
        random.Shuffle(landing);
        foreach (InFlightWrite write in landing)
        {
            DiskChange change = Rent(DiskChangeKind.Write, write.Offset, write.Data.Length, false, false);
            change.SetData(write.Data);
            ApplyByChance(content, change, keepers, random);
            _free.Push(change);
        }
    }

    private void ApplyByChance(DiskContent content, DiskChange change, int keepers, Random random)
    {
        if (random.Next(3) == 0)
            content.ApplyTorn(change, SectorSize, random);
        else if (random.Next(4) < keepers)
            content.Apply(change);
    }

    private DiskChange Rent(DiskChangeKind kind, long offset, long length, bool stable, bool cached)
    {
        DiskChange change = _free.TryPop(out DiskChange? free) ? free : new DiskChange();
        change.Set(kind, offset, length, ++_sequence, stable || !HasVolatileCache, cached);
        return change;
    }

    private void Add(DiskChange change)
    {
        _now.Apply(change);
        _unstable.Add(change);
        Settle();
    }

    // Changes leave in order, so that a crash never puts an older one above a newer one.
    private void Settle()
    {
        int settled = 0;
        while (settled < _unstable.Count && _unstable[settled].IsStable)
        {
            _stable.Apply(_unstable[settled]);
            _free.Push(_unstable[settled]);
            settled++;
        }
        _unstable.RemoveRange(0, settled);
    }
}
