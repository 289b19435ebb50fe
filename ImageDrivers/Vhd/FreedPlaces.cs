using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// Places in the file that no block has any more. One is ready for another block when
/// <list type="number">
/// <item>the BAT on stable storage does not point there;</item>
/// <item>no transfer that was meant for its former block is under way;</item>
/// <item>its bitmap, in a file its data as well, is zero on stable storage. In a file this gives the space back until it is needed.</item>
/// </list>
/// </summary>
internal sealed class FreedPlaces(VhdFile file, VhdLayout layout)
{
    // At a time, so that whoever needs one does not wait for all.
    private const int BatchSize = 64;

    private readonly Queue<uint> _freed = new();
    private readonly List<uint> _batch = [];
    private readonly Stack<uint> _ready = new();

    /// <summary>Some have to be cleaned.</summary>
    internal bool HasUnclean => _freed.Count > 0;

    /// <summary>Some are ready.</summary>
    internal bool HasReady => _ready.Count > 0;

    /// <summary>What lies between the blocks of a file that was just opened, big enough for one.</summary>
    internal void Survey(VhdMetadata metadata)
    {
        BlockAllocationTable bat = metadata.RequireBat();
        long at = (metadata.EndOfHeaders + VHD_SECTOR_SIZE - 1) >> VHD_SECTOR_SHIFT;
        long first = layout.PlaceBlock(at);
        long stride = layout.PlaceBlock(first + layout.SectorsPerStoredBlock) - first;
        if (bat.EndSector(layout) - first <= bat.AllocatedCount * stride)
            return;
        uint[] starts = bat.Entries.ToArray();
        Array.Sort(starts);
        foreach (uint start in starts)
        {
            if (start == DD_BLK_UNUSED)
                break;
            for (long place = layout.PlaceBlock(at); place + layout.SectorsPerStoredBlock <= start; place += stride)
                _freed.Enqueue((uint)place);
            at = start + (long)layout.SectorsPerStoredBlock;
        }
    }

    /// <summary>The BAT in the file does not point there any more, though that on stable storage may.</summary>
    internal void Add(uint entry) => _freed.Enqueue(entry);

    internal bool TryTake(out uint entry) => _ready.TryPop(out entry);

    /// <summary>Makes some ready; one caller at a time.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> CleanAsync()
    {
        while (_batch.Count < BatchSize && _freed.TryDequeue(out uint entry))
            _batch.Add(entry);
        int result = await file.SyncAsync();
        await file.Eras.PassAsync();
        for (int i = 0; i < _batch.Count && result == 0; i++)
            result = await file.ZeroAsync(
                VhdLayout.BitmapOffset(_batch[i]),
                file.File.IsBlockDevice ? layout.BitmapSize : (long)layout.SectorsPerStoredBlock << VHD_SECTOR_SHIFT);
        if (result == 0)
            result = await file.SyncAsync();
        foreach (uint entry in _batch)
        {
            if (result == 0)
                _ready.Push(entry);
            else
                _freed.Enqueue(entry);
        }
        _batch.Clear();
        return result;
    }
}
