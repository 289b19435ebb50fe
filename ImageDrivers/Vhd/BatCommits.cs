using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// Writes the BAT, sector by sector: all blocks that were allocated in a sector's range while its last write was under way go with the
/// next.
/// What fails stays to be written by whoever asks next.
/// </summary>
internal sealed class BatCommits(VhdFile file, VhdMetadata metadata, BlockAllocationTable bat)
{
    private readonly Dictionary<int, BatSector> _changed = [];
    private readonly Stack<BatSector> _free = new();

    /// <summary>A block's entry was changed in memory.</summary>
    internal void Note(int block)
    {
        int index = block / BlockAllocationTable.EntriesPerSector;
        if (!_changed.TryGetValue(index, out BatSector? sector))
        {
            if (!_free.TryPop(out sector))
                sector = new BatSector(this);
            sector.Reset(index);
            _changed.Add(index, sector);
        }
        sector.Version++;
    }

    /// <summary>The block's entry may not be in the file yet.</summary>
    internal bool IsPending(int block) => _changed.Count > 0 && _changed.ContainsKey(block / BlockAllocationTable.EntriesPerSector);

    /// <summary>The block's entry is in the file afterwards, though perhaps not on stable storage.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal IoTask<int> CommitAsync(int block) =>
        _changed.Count > 0 && _changed.TryGetValue(block / BlockAllocationTable.EntriesPerSector, out BatSector? sector)
            ? CommitAsync(sector)
            : new IoTask<int>(0);

    /// <summary>As <see cref="CommitAsync(int)"/>, for all blocks; nothing else may be going on.</summary>
    /// <returns>0 or the last negative errno.</returns>
    internal async IoTask<int> CommitAllAsync()
    {
        int result = 0;
        foreach (BatSector sector in _changed.Values.ToArray())
        {
            if (await CommitAsync(sector) is < 0 and int failure)
                result = failure;
        }
        return result;
    }

    private async IoTask<int> CommitAsync(BatSector sector)
    {
        long wanted = sector.Version;
        sector.Users++;
        int result = 0;
        while (result == 0 && sector.Written < wanted)
            result = await sector.Commit.RunAsync();
        sector.Users--;
        if (sector.Users == 0 && sector.Written == sector.Version)
        {
            _changed.Remove(sector.Index);
            _free.Push(sector);
        }
        return result;
    }

    private async IoTask<int> WriteAsync(BatSector sector)
    {
        long version = sector.Version;
        if (sector.Written == version)
            return 0;
        IoBuffer buffer = file.Rent(VHD_SECTOR_SIZE);
        int first = sector.Index * BlockAllocationTable.EntriesPerSector;
        bat.Write(first, buffer.Span, metadata.Header.MaxBatSize);
        int result = await file.WriteMetadataAsync(metadata.Layout.BatSectorOffset(first), buffer);
        file.Return(buffer);
        if (result == 0)
            sector.Written = version;
        return result;
    }

    /// <summary>A sector of the BAT with changes that may not be in the file.</summary>
    private sealed class BatSector
    {
        internal BatSector(BatCommits commits) => Commit = new GroupCommit(() => commits.WriteAsync(this));

        internal GroupCommit Commit { get; }

        internal int Index { get; private set; }

        internal long Version { get; set; }

        internal long Written { get; set; }

        internal int Users { get; set; }

        internal void Reset(int index)
        {
            Index = index;
            Version = Written = 0;
        }
    }
}
