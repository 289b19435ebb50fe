using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// The BAT: for each block the sector of its bitmap, which its data follows. Kept outside the managed heap, in host order, 4 bytes a block,
/// which is 4 MiB for a disk of 2 TiB. Only the blocks of the disk's current size count, though the file may have room for more.
/// </summary>
public sealed unsafe class BlockAllocationTable : IDisposable
{
    /// <summary>Entries in a sector, the unit in which a BAT is written.</summary>
    public const int EntriesPerSector = VHD_SECTOR_SIZE / sizeof(uint);

    private uint* _entries;

    /// <param name="count">Blocks; none of them is in the file.</param>
    public BlockAllocationTable(int count)
    {
        Count = count;
        _entries = (uint*)NativeMemory.Alloc((nuint)Math.Max(count, 1), sizeof(uint));
        Entries.Fill(DD_BLK_UNUSED);
    }

    ~BlockAllocationTable() => NativeMemory.Free(_entries);

    /// <summary>Blocks.</summary>
    public int Count { get; }

    public Span<uint> Entries
    {
        get
        {
            ObjectDisposedException.ThrowIf(_entries == null, this);
            return new Span<uint>(_entries, Count);
        }
    }

    /// <summary>The sector of a block's bitmap, or DD_BLK_UNUSED.</summary>
    public uint this[int block]
    {
        get => Entries[block];
        set => Entries[block] = value;
    }

    /// <summary>Blocks that are in the file.</summary>
    public int AllocatedCount
    {
        get
        {
            int used = 0;
            foreach (uint entry in Entries)
                used += entry != DD_BLK_UNUSED ? 1 : 0;
            return used;
        }
    }

    public bool IsAllocated(int block) => Entries[block] != DD_BLK_UNUSED;

    /// <summary>Takes entries as they are on disk; what lies beyond the last block is ignored.</summary>
    /// <param name="first">The block of the first entry.</param>
    /// <param name="bytes">Big-endian entries.</param>
    public void Read(int first, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length / sizeof(uint), Count - first);
        if (count > 0)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes)[..count], Entries.Slice(first, count));
    }

    /// <summary>
    /// Gives entries as they are on disk. Beyond the last block they are unused as far as there is room for them, then zeroes.
    /// </summary>
    /// <param name="first">The block of the first entry.</param>
    /// <param name="bytes">To be filled with big-endian entries.</param>
    /// <param name="maxBatSize">Entries for which there is room.</param>
    public void Write(int first, Span<byte> bytes, uint maxBatSize)
    {
        int room = (int)Math.Clamp(maxBatSize - (long)first, 0, bytes.Length / sizeof(uint));
        int count = Math.Clamp(Count - first, 0, room);
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(bytes);
        BinaryPrimitives.ReverseEndianness(Entries.Slice(Math.Min(first, Count), count), target[..count]);
        target[count..room].Fill(DD_BLK_UNUSED);
        target[room..].Clear();
    }

    /// <summary>The sector after the highest block's data; 0 if no block is in the file.</summary>
    /// <param name="layout">Where it lies.</param>
    public long EndSector(VhdLayout layout)
    {
        long end = 0;
        foreach (uint entry in Entries)
            if (entry != DD_BLK_UNUSED)
                end = Math.Max(end, entry + (long)layout.SectorsPerStoredBlock);
        return end;
    }

    public void Dispose()
    {
        NativeMemory.Free(_entries);
        _entries = null;
        GC.SuppressFinalize(this);
    }
}
