using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>Whether blocks lie where blocks may lie, in time n·log n, where upstream's check takes n².</summary>
public static class BatCheck
{
    /// <summary>
    /// The first block, by number, that begins before <paramref name="firstSector"/> or whose first sectors reach past the end.
    /// </summary>
    /// <param name="bat">The table.</param>
    /// <param name="firstSector">The first sector behind the metadata.</param>
    /// <param name="endSector">The sector that no block may reach.</param>
    /// <param name="sectors">How much of a block must lie before it.</param>
    /// <returns>The block, or −1.</returns>
    public static int FindOutOfRange(BlockAllocationTable bat, long firstSector, long endSector, int sectors)
    {
        ReadOnlySpan<uint> entries = bat.Entries;
        for (int i = 0; i < entries.Length; i++)
            if (entries[i] != DD_BLK_UNUSED && (entries[i] < firstSector || entries[i] + (long)sectors > endSector))
                return i;
        return -1;
    }

    /// <summary>Finds two blocks that share sectors: the lowest numbered that does, and its lowest numbered counterpart.</summary>
    /// <param name="bat">The table.</param>
    /// <param name="sectorsPerStoredBlock">Sectors that each takes.</param>
    /// <returns>False if there are none.</returns>
    public static bool FindOverlap(BlockAllocationTable bat, int sectorsPerStoredBlock, out int first, out int second)
    {
        (first, second) = (-1, -1);
        uint[] starts = bat.Entries.ToArray();
        Array.Sort(starts);
        bool overlap = false;
        for (int i = 1; i < starts.Length && starts[i] != DD_BLK_UNUSED && !overlap; i++)
            overlap = starts[i] - (long)starts[i - 1] < sectorsPerStoredBlock;
        if (!overlap)
            return false;

        ReadOnlySpan<uint> entries = bat.Entries;
        for (first = 0; ; first++)
        {
            if (entries[first] == DD_BLK_UNUSED || !HasNeighbour(starts, entries[first], sectorsPerStoredBlock))
                continue;
            for (second = 0; second < entries.Length; second++)
                if (second != first && entries[second] != DD_BLK_UNUSED
                    && Math.Abs((long)entries[first] - entries[second]) < sectorsPerStoredBlock)
                    return true;
        }
    }

    private static bool HasNeighbour(uint[] starts, uint entry, int sectors)
    {
        int at = Array.BinarySearch(starts, entry);
        return (at > 0 && entry - (long)starts[at - 1] < sectors)
            || (at + 1 < starts.Length && starts[at + 1] != DD_BLK_UNUSED && starts[at + 1] - (long)entry < sectors);
    }
}
