namespace Tapvisor.Simulation.Engine.Storage;

/// <summary>Bytes of a file of any size, of which only the pages that hold data take memory; the rest reads as zeroes.</summary>
internal sealed class SparseBytes
{
    /// <summary>Granularity of holes: a file system's block.</summary>
    internal const int PageSize = 4096;

    private readonly Dictionary<long, byte[]> _pages = [];
    private readonly Stack<byte[]> _free = new();

    internal void Read(long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int start = (int)(offset % PageSize);
            int length = Math.Min(into.Length, PageSize - start);
            if (_pages.TryGetValue(offset / PageSize, out byte[]? page))
                page.AsSpan(start, length).CopyTo(into);
            else
                into[..length].Clear();
            into = into[length..];
            offset += length;
        }
    }

    internal void Write(long offset, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            int start = (int)(offset % PageSize);
            int length = Math.Min(data.Length, PageSize - start);
            data[..length].CopyTo(Touch(offset / PageSize).AsSpan(start));
            data = data[length..];
            offset += length;
        }
    }

    /// <summary>Zeroes a range; whole pages become holes.</summary>
    internal void Clear(long offset, long length)
    {
        if (length <= 0)
            return;
        long end = offset + length;
        long first = (offset + PageSize - 1) / PageSize;
        long last = end / PageSize;
        if (first > last)
        {
            Zero(offset, end);
            return;
        }
        Zero(offset, first * PageSize);
        Zero(last * PageSize, end);
        if (last - first < _pages.Count)
        {
            for (long page = first; page < last; page++)
                Drop(page);
        }
        else
        {
            foreach (long page in _pages.Keys.Where(p => p >= first && p < last).ToArray())
                Drop(page);
        }
    }

    /// <summary>The first byte at or after <paramref name="offset"/> in a page that holds data; −1 if none does.</summary>
    internal long NextData(long offset)
    {
        long page = offset / PageSize;
        if (_pages.ContainsKey(page))
            return offset;
        long next = long.MaxValue;
        foreach (long candidate in _pages.Keys)
        {
            if (candidate > page && candidate < next)
                next = candidate;
        }
        return next == long.MaxValue ? -1 : next * PageSize;
    }

    /// <summary>The first byte at or after <paramref name="offset"/> in a hole.</summary>
    internal long NextHole(long offset)
    {
        long page = offset / PageSize;
        if (!_pages.ContainsKey(page))
            return offset;
        while (_pages.ContainsKey(page))
            page++;
        return page * PageSize;
    }

    /// <summary>Becomes a copy of <paramref name="other"/>.</summary>
    internal void CopyFrom(SparseBytes other)
    {
        _pages.Clear();
        foreach ((long index, byte[] page) in other._pages)
            _pages.Add(index, [.. page]);
    }

    private void Zero(long start, long end)
    {
        if (start < end && _pages.TryGetValue(start / PageSize, out byte[]? page))
            page.AsSpan((int)(start % PageSize), (int)(end - start)).Clear();
    }

    private byte[] Touch(long index)
    {
        if (_pages.TryGetValue(index, out byte[]? page))
            return page;
        page = _free.TryPop(out byte[]? free) ? free : new byte[PageSize];
        _pages.Add(index, page);
        return page;
    }

    private void Drop(long index)
    {
        if (!_pages.Remove(index, out byte[]? page))
            return;
        Array.Clear(page);
        _free.Push(page);
    }
}
