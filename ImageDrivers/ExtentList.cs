namespace Tapvisor.ImageDrivers;

/// <summary>Extents of one answer, adjacent ones of the same state merged; reused from request to request.</summary>
/// <param name="capacity">Most extents of one answer.</param>
public sealed class ExtentList(int capacity)
{
    private readonly Extent[] _extents = new Extent[capacity];

    /// <summary>Extents so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all of them.</summary>
    public long Length { get; private set; }

    /// <summary>The next extent of another state would not fit.</summary>
    public bool IsFull => Count == _extents.Length;

    /// <summary>Extent <paramref name="index"/>.</summary>
    public Extent this[int index] => index < Count ? _extents[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Appends, or grows the last if it has the same state.</summary>
    /// <returns>False if it did not fit.</returns>
    public bool TryAdd(long length, ExtentStates state)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (Count > 0 && _extents[Count - 1].State == state)
            _extents[Count - 1] = new Extent(_extents[Count - 1].Length + length, state);
        else if (IsFull)
            return false;
        else
            _extents[Count++] = new Extent(length, state);
        Length += length;
        return true;
    }

    /// <summary>Forgets the first <paramref name="length"/> bytes, or all if there are no more.</summary>
    public void RemoveFirst(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int gone = 0;
        for (; gone < Count && length >= _extents[gone].Length; gone++)
        {
            length -= _extents[gone].Length;
            Length -= _extents[gone].Length;
        }
        Array.Copy(_extents, gone, _extents, 0, Count - gone);
        Count -= gone;
        if (Count == 0)
            return;
        _extents[0] = _extents[0] with { Length = _extents[0].Length - length };
        Length -= length;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Count = 0;
        Length = 0;
    }
}
