using System.Diagnostics.CodeAnalysis;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// A dynamic or differencing VHD (upstream drivers/block-vhd.c). A write to a sector that the file does not hold yet is acknowledged when
/// its
/// data, its bit in the block's bitmap and, for a new block, the BAT entry have been given to the kernel, so that it survives the end of
/// this
/// process. What a loss of power leaves of writes that were not flushed is decided by two rules:
/// <list type="bullet">
/// <item>a block's place has an empty bitmap on stable storage before the BAT may point there (<see cref="BlockSpace"/>);</item>
/// <item>a sector's data is on stable storage before its bit may be set; except where what is in its place until then is what a guest would
/// read without the bit: zeroes, in a block that this process placed in a file without parent and key.</item>
/// </list>
/// So each sector is old or new, whatever is lost. A flush is a sync. Only blocks that the bitmap in the file calls full are written to
/// without looking at metadata; in memory and in the file bits are only ever set. A block that is not needed any more leaves its place as a
/// whole (<see cref="FreedPlaces"/>).
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "CloseAsync frees what it owns.")]
internal sealed partial class SparseVhdImage : IImageDriver, IDiscard, IWriteZeroes, IBlockStatus
{
    private readonly VhdFile _file;
    private readonly VhdMetadata _metadata;
    private readonly VhdLayout _layout;
    private readonly BlockAllocationTable _bat;
    private readonly BatCommits _batCommits;
    private readonly BitmapCache _bitmaps;
    private readonly BlockSpace _space;
    private readonly BlockData _data;
    private readonly ParentReads _below;
    private readonly Stack<TaskFan> _fans = new();

    // Blocks whose every sector is in this file, and whose metadata is too.
    private readonly BlockFlags _full;

    // Blocks whose sectors without a bit hold zeroes in the file, to be read as such once they have one.
    private readonly BlockFlags _clean;
    private bool _isClosed;

    /// <param name="file">Open and locked.</param>
    /// <param name="metadata">All of it, checked; belongs to the image from here.</param>
    /// <param name="info">What the image is.</param>
    /// <param name="below">The parent.</param>
    /// <param name="data">How data is kept.</param>
    /// <param name="tuning">Sizes.</param>
    internal SparseVhdImage(VhdFile file, VhdMetadata metadata, ImageInfo info, ParentReads below, BlockData data, VhdTuning tuning)
    {
        (_file, _metadata, _layout, _below, _data, Info) = (file, metadata, metadata.Layout, below, data, info);
        _bat = metadata.RequireBat();
        _batCommits = new BatCommits(file, metadata, _bat);
        _bitmaps = new BitmapCache(file, metadata, tuning.BitmapCache);
        _space = new BlockSpace(file, metadata, tuning);
        _full = new BlockFlags(_bat.Count);
        _clean = new BlockFlags(_bat.Count);
        for (int block = 0; metadata.Batmap is { } batmap && block < _bat.Count; block++)
            _full[block] = batmap.IsFull(block) && _bat.IsAllocated(block);
    }

    /// <inheritdoc />
    public ImageInfo Info { get; }

    /// <summary>Makes sure that there is a footer at the end of a file that may be written to.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal IoTask<int> RepairAsync(FooterPair footers) => _space.RepairAsync(footers);

    /// <inheritdoc />
    public IoTask<int> ReadAsync(long offset, IoBuffer buffer)
    {
        int block = (int)(offset / _layout.BlockSize);
        int start = (int)(offset % _layout.BlockSize);
        if (start + buffer.Length > _layout.BlockSize)
            return ReadPiecesAsync(offset, buffer);
        if (!_bat.IsAllocated(block))
            return _below.ReadAsync(offset, buffer);
        if (_full[block])
            return _data.ReadAsync(PlaceOf(block, start), offset, buffer);
        if (!_bitmaps.TryGet(block, out BlockBitmap bitmap))
            return ReadPiecesAsync(offset, buffer);
        SectorRun run = RunOf(bitmap, start, buffer.Length);
        if (run.Length < buffer.Length)
            return ReadPiecesAsync(offset, buffer);
        return run.IsHere ? _data.ReadAsync(PlaceOf(block, start), offset, buffer) : _below.ReadAsync(offset, buffer);
    }

    /// <inheritdoc />
    public IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options)
    {
        int block = (int)(offset / _layout.BlockSize);
        int start = (int)(offset % _layout.BlockSize);
        return start + buffer.Length <= _layout.BlockSize
            ? WriteInBlockAsync(block, start, buffer, options)
            : WritePiecesAsync(offset, buffer, options);
    }

    /// <inheritdoc />
    public IoTask<int> FlushAsync() => Info.IsReadOnly ? new IoTask<int>(0) : _file.SyncAsync();

    /// <inheritdoc />
    public async IoTask<int> CloseAsync()
    {
        if (_isClosed)
            return 0;
        _isClosed = true;
        int result = 0;
        if (!Info.IsReadOnly && !_file.File.Scope.IsRevoked)
        {
            result = await _batCommits.CommitAllAsync();
            int synced = await _file.SyncAsync();
            result = result < 0 ? result : synced;
            if (result == 0)
                result = await _space.CutAsync();
        }
        await _space.StopAsync();
        int closed = await _file.CloseAsync();
        int below = await _below.CloseAsync();
        _bitmaps.Dispose();
        _data.Dispose();
        _metadata.Dispose();
        return result < 0 ? result : closed < 0 ? closed : below;
    }

    private long PlaceOf(int block, int start) => _layout.DataOffset(_bat[block]) + start;

    private static SectorRun RunOf(BlockBitmap bitmap, int start, int length)
    {
        int first = start >> VHD_SECTOR_SHIFT;
        int count = SectorBitmap.RunLength(bitmap.Memory.Span, first, first + (length >> VHD_SECTOR_SHIFT), out bool isHere);
        return new SectorRun(0, count << VHD_SECTOR_SHIFT, isHere);
    }

    /// <summary>The run that begins somewhere in a block, at most to the end of a range in it.</summary>
    private IoTask<SectorRun> FindRunAsync(int block, int start, int length) =>
        !_bat.IsAllocated(block) ? new IoTask<SectorRun>(new SectorRun(0, length, false))
        : _full[block] ? new IoTask<SectorRun>(new SectorRun(0, length, true))
        : _bitmaps.TryGet(block, out BlockBitmap bitmap) ? new IoTask<SectorRun>(RunOf(bitmap, start, length))
        : LoadRunAsync(block, start, length);

    private async IoTask<SectorRun> LoadRunAsync(int block, int start, int length)
    {
        BlockBitmap bitmap = _bitmaps.Pin(block);
        try
        {
            int result = await LoadAsync(bitmap);
            return result < 0 ? new SectorRun(result, 0, false) : RunOf(bitmap, start, length);
        }
        finally
        {
            _bitmaps.Unpin(bitmap);
        }
    }

    private async IoTask<int> LoadAsync(BlockBitmap bitmap)
    {
        int result = bitmap.IsLoaded ? 0 : await bitmap.Load.RunAsync();
        NoteIfFull(bitmap);
        return result;
    }

    private void NoteIfFull(BlockBitmap bitmap)
    {
        if (bitmap.IsLoaded && !bitmap.IsChanged && !_batCommits.IsPending(bitmap.Block) && bitmap.HasAll(0, _layout.SectorsPerBlock))
            _full[bitmap.Block] = true;
    }

    private TaskFan RentFan() => _fans.TryPop(out TaskFan? fan) ? fan : new TaskFan();

    private async IoTask<int> JoinAsync(TaskFan fan)
    {
        int result = await fan.JoinAsync();
        _fans.Push(fan);
        return result;
    }
}
