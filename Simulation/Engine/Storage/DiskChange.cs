namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>A change to a file that is not known to be stable yet.</summary>
internal sealed class DiskChange
{
    private byte[] _data = [];

    /// <summary>What it does: the bytes from <see cref="Offset"/> on become data or zeroes, or the length becomes that.</summary>
    internal DiskChangeKind Kind { get; private set; }

    internal long Offset { get; private set; }

    internal long Length { get; private set; }

    /// <summary>Place in the order in which changes took effect.</summary>
    internal long Sequence { get; private set; }

    /// <summary>A crash does not undo it.</summary>
    internal bool IsStable { get; set; }

    /// <summary>No later sync makes it stable: the page cache dropped it when an earlier one failed.</summary>
    internal bool IsForgotten { get; set; }

    /// <summary>Went through the page cache rather than around it.</summary>
    internal bool IsCached { get; private set; }

    internal ReadOnlySpan<byte> Data => Kind == DiskChangeKind.Write ? _data.AsSpan(0, (int)Length) : [];

    internal void Set(DiskChangeKind kind, long offset, long length, long sequence, bool stable, bool cached)
    {
        Kind = kind;
        Offset = offset;
        Length = length;
        Sequence = sequence;
        IsStable = stable;
        IsForgotten = false;
        IsCached = cached;
    }

    internal void SetData(ReadOnlySpan<byte> data)
    {
        if (_data.Length < data.Length)
            _data = new byte[data.Length];
        data.CopyTo(_data);
    }
}
