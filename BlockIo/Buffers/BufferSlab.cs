namespace Tapvisor.BlockIo.Buffers;

/// <summary>2 MiB of memory, cut into equal blocks that are handed out last in, first out.</summary>
/// <param name="address">A multiple of 2 MiB.</param>
/// <param name="mapping">Where its own mapping starts; 0 in the arena.</param>
internal sealed class BufferSlab(nint address, nint mapping)
{
    internal const int Shift = 21;
    internal const int Size = 1 << Shift;

    /// <summary>Of a mapping that holds a slab wherever it starts.</summary>
    internal const int MappingSize = 2 * Size;

    private const int MaxBlocks = Size >> 12;

    private readonly ushort[] _free = new ushort[MaxBlocks];
    private readonly ulong[] _used = new ulong[MaxBlocks / 64];
    private int _blocks;
    private int _blockShift;
    private int _freeCount;

    internal BufferSlab? Previous { get; set; }

    internal BufferSlab? Next { get; set; }

    internal nint Address => address;

    internal nint Mapping => mapping;

    /// <summary>Which of the pool's sizes its blocks have.</summary>
    internal int Kind { get; private set; }

    internal bool IsFull => _freeCount == 0;

    internal bool IsUnused => _freeCount == _blocks;

    /// <summary>Makes blocks of 1 &lt;&lt; <paramref name="blockShift"/> bytes of an unused slab.</summary>
    internal void Cut(int blockShift, int kind)
    {
        Kind = kind;
        if (_blockShift == blockShift)
            return;
        _blockShift = blockShift;
        _blocks = Size >> blockShift;
        _freeCount = _blocks;
        for (int i = 0; i < _blocks; i++)
            _free[i] = (ushort)(_blocks - 1 - i);
    }

    internal nint Take()
    {
        int block = _free[--_freeCount];
        _used[block >> 6] |= 1UL << (block & 63);
        return address + ((nint)block << _blockShift);
    }

    /// <summary>Takes a block back.</summary>
    /// <returns>Its size.</returns>
    internal int Give(nint start)
    {
        nint offset = start - address;
        int block = (int)(offset >> _blockShift);
        ulong bit = 1UL << (block & 63);
        if ((nint)block << _blockShift != offset || (_used[block >> 6] & bit) == 0)
            throw new InvalidOperationException($"The buffer at 0x{start:x} is returned twice, or not as it was rented.");
        _used[block >> 6] &= ~bit;
        _free[_freeCount++] = (ushort)block;
        return 1 << _blockShift;
    }
}
