namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>Bytes and length of a file in one state of the world: as read now, or as after a crash.</summary>
internal sealed class DiskContent
{
    private readonly SparseBytes _bytes = new();

    internal long Length { get; private set; }

    internal void Read(long offset, Span<byte> into) => _bytes.Read(offset, into);

    internal long NextData(long offset) => _bytes.NextData(offset) is >= 0 and var found && found < Length ? found : -1;

    internal long NextHole(long offset) => Math.Min(_bytes.NextHole(offset), Length);

    internal void Write(long offset, ReadOnlySpan<byte> data)
    {
        _bytes.Write(offset, data);
        Length = Math.Max(Length, offset + data.Length);
    }

    /// <summary>Zeroes within the length.</summary>
    internal void Zero(long offset, long length) => _bytes.Clear(offset, Math.Min(length, Length - offset));

    internal void SetLength(long length)
    {
        if (length < Length)
            _bytes.Clear(length, Length - length);
        Length = length;
    }

    internal void Apply(DiskChange change)
    {
        switch (change.Kind)
        {
            case DiskChangeKind.Write:
                Write(change.Offset, change.Data);
                break;
            case DiskChangeKind.Zero:
                Zero(change.Offset, change.Length);
                break;
            default:
                SetLength(change.Offset);
                break;
        }
    }

    /// <summary>Applies a seeded part of a change, in units that are written whole or not at all.</summary>
    internal void ApplyTorn(DiskChange change, int unit, Random random)
    {
        if (change.Kind == DiskChangeKind.SetLength)
        {
            if (random.Next(2) == 0)
                Apply(change);
            return;
        }
        long first = change.Offset / unit;
        long units = ((change.Offset + change.Length - 1) / unit) - first + 1;
        long cut = first + random.NextInt64(units + 1);
        if (change.Kind == DiskChangeKind.Zero)
        {
            // Might cover terabytes: cut once.
            Zero(change.Offset, Math.Max(0, Math.Min(change.Length, (cut * unit) - change.Offset)));
            return;
        }
        bool scattered = random.Next(2) == 0;
        for (long index = first; index < first + units; index++)
        {
            if (scattered ? random.Next(2) == 0 : index >= cut)
                continue;
            long start = Math.Max(change.Offset, index * unit);
            long end = Math.Min(change.Offset + change.Length, (index + 1) * unit);
            Write(start, change.Data[(int)(start - change.Offset)..(int)(end - change.Offset)]);
        }
    }

    internal void CopyFrom(DiskContent other)
    {
        _bytes.CopyFrom(other._bytes);
        Length = other.Length;
    }
}
