using System.Numerics;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Buffers;

/// <summary>
/// Slabs of 2 MiB, each cut into blocks of one size: first those of the arena, which is mapped once and may be registered with the
/// kernel, then slabs that are mapped as needed and kept up to a limit. Larger requests get a mapping of their own. A slab without a
/// block in use serves any size again.
/// </summary>
internal sealed unsafe class ArenaBufferPool : BufferPool
{
    /// <summary>The largest NBD request that clients may expect to work.</summary>
    internal const int MaxLength = 32 << 20;

    private const int PageSize = 4096;

    // A page for small requests, 64 KiB for most of the rest, 256 KiB for receive buffers, a whole slab.
    private static readonly int[] s_blockShifts = [12, 16, 18, BufferSlab.Shift];

    private readonly nint _mapping;
    private readonly nuint _mappingLength;
    private readonly BufferSlab[] _arena;
    private readonly Dictionary<nint, BufferSlab> _overflow = [];
    private readonly Dictionary<nint, int> _large = [];
    private readonly BufferSlabList[] _partial = new BufferSlabList[s_blockShifts.Length];
    private readonly BufferSlabList _freeArena = new();
    private readonly BufferSlabList _freeOverflow = new();
    private readonly int _maxFreeOverflow;

    /// <param name="arenaSize">Bytes, rounded up to whole slabs.</param>
    /// <param name="overflowCacheSize">Bytes of unused slabs beyond the arena to keep.</param>
    internal ArenaBufferPool(int arenaSize, int overflowCacheSize)
    {
        int slabs = Math.Max(1, (int)(((long)arenaSize + BufferSlab.Size - 1) / BufferSlab.Size));
        ArenaLength = (nint)slabs * BufferSlab.Size;
        _maxFreeOverflow = overflowCacheSize / BufferSlab.Size;
        for (int i = 0; i < _partial.Length; i++)
            _partial[i] = new BufferSlabList();

        // One slab more than needed leaves room to start at a multiple of 2 MiB, where huge pages can be used.
        _mappingLength = (nuint)ArenaLength + BufferSlab.Size;
        _mapping = Map(_mappingLength);
        ArenaAddress = AlignUp(_mapping);
        _ = madvise((void*)ArenaAddress, (size_t)(nuint)ArenaLength, MADV_HUGEPAGE);
        _arena = new BufferSlab[slabs];
        for (int i = slabs - 1; i >= 0; i--)
        {
            _arena[i] = new BufferSlab(ArenaAddress + ((nint)i * BufferSlab.Size), 0);
            _freeArena.Push(_arena[i]);
        }
    }

    internal nint ArenaAddress { get; }

    internal nint ArenaLength { get; }

    /// <summary>Bytes mapped beyond the arena.</summary>
    internal long OverflowBytes { get; private set; }

    public override bool TryRent(int length, BufferQuota quota, out IoBuffer buffer)
    {
        int size = BlockSize(length);

        // A disk that holds nothing gets one buffer of any size: else it would wait for ever for one larger than its quota.
        if (quota.InUse + size > quota.Limit && quota.InUse > 0)
        {
            buffer = default;
            return false;
        }
        buffer = Rent(length, size, quota);
        return true;
    }

    public override IoBuffer Rent(int length, BufferQuota quota) => Rent(length, BlockSize(length), quota);

    public override void Return(IoBuffer buffer, BufferQuota quota)
    {
        nint address = buffer.Address;
        nint offset = address - ArenaAddress;
        int size;
        if ((nuint)offset < (nuint)ArenaLength)
            size = ReturnBlock(_arena[offset >> BufferSlab.Shift], address);
        else if (_overflow.TryGetValue(address >> BufferSlab.Shift, out BufferSlab? slab))
            size = ReturnBlock(slab, address);
        else if (_large.Remove(address, out size))
            Unmap(address, size);
        else
            throw new InvalidOperationException($"The buffer at 0x{address:x} is returned twice, or to a pool it does not come from.");
        quota.InUse -= size;
        if (quota.InUse < 0)
            throw new InvalidOperationException($"A buffer of {size} bytes is returned under another quota than it was rented under.");
    }

    /// <summary>Lies wholly in the arena.</summary>
    internal bool IsInArena(nint address, uint length)
    {
        nint offset = address - ArenaAddress;
        return (nuint)offset < (nuint)ArenaLength && length <= (nuint)(ArenaLength - offset);
    }

    /// <summary>Unmaps everything; nobody may use a buffer any more.</summary>
    internal void Free()
    {
        _ = munmap((void*)_mapping, (size_t)_mappingLength);
        foreach (BufferSlab slab in _overflow.Values)
            _ = munmap((void*)slab.Mapping, BufferSlab.MappingSize);
        foreach ((nint address, int length) in _large)
            _ = munmap((void*)address, length);
        _overflow.Clear();
        _large.Clear();
    }

    private static int BlockSize(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        return length > BufferSlab.Size ? (length + PageSize - 1) & -PageSize : 1 << s_blockShifts[Class(length)];
    }

    private static int Class(int length)
    {
        int shift = 32 - BitOperations.LeadingZeroCount((uint)length - 1);
        int index = 0;
        while (s_blockShifts[index] < shift)
            index++;
        return index;
    }

    private static nint Map(nuint length)
    {
        void* memory = mmap(null, (size_t)length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            throw new BlockException(BlockErrorKind.Io, errno, $"cannot map {length} bytes of I/O memory: errno {errno}");
        return (nint)memory;
    }

    private static nint AlignUp(nint address) => (address + BufferSlab.Size - 1) & -(nint)BufferSlab.Size;

    private IoBuffer Rent(int length, int size, BufferQuota quota)
    {
        if (size > BufferSlab.Size)
        {
            nint address = Map((nuint)size);
            _large.Add(address, size);
            OverflowBytes += size;
            quota.InUse += size;
            return new IoBuffer(address, length);
        }
        int kind = Class(length);
        BufferSlabList partial = _partial[kind];
        if (partial.First is not { } slab)
        {
            slab = _freeArena.Pop() ?? _freeOverflow.Pop() ?? MapSlab();
            slab.Cut(s_blockShifts[kind], kind);
            partial.Push(slab);
        }
        nint block = slab.Take();
        if (slab.IsFull)
            partial.Remove(slab);
        quota.InUse += size;
        return new IoBuffer(block, length);
    }

    private int ReturnBlock(BufferSlab slab, nint address)
    {
        bool wasFull = slab.IsFull;
        int size = slab.Give(address);
        BufferSlabList partial = _partial[slab.Kind];
        if (slab.IsUnused)
        {
            if (!wasFull)
                partial.Remove(slab);
            Retire(slab);
        }
        else if (wasFull && slab.Mapping == 0)
        {
            partial.Push(slab);
        }
        else if (wasFull)
        {
            // The arena's slabs are used first.
            partial.Append(slab);
        }
        return size;
    }

    private void Retire(BufferSlab slab)
    {
        if (slab.Mapping == 0)
        {
            _freeArena.Push(slab);
        }
        else if (_freeOverflow.Count < _maxFreeOverflow)
        {
            _freeOverflow.Push(slab);
        }
        else
        {
            _overflow.Remove(slab.Address >> BufferSlab.Shift);
            Unmap(slab.Mapping, BufferSlab.MappingSize);
        }
    }

    private BufferSlab MapSlab()
    {
        nint mapping = Map(BufferSlab.MappingSize);
        var slab = new BufferSlab(AlignUp(mapping), mapping);
        _overflow.Add(slab.Address >> BufferSlab.Shift, slab);
        OverflowBytes += BufferSlab.MappingSize;
        return slab;
    }

    private void Unmap(nint address, int length)
    {
        _ = munmap((void*)address, length);
        OverflowBytes -= length;
    }
}
