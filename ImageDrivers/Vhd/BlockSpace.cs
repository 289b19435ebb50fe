using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// Room for new blocks, made ready before it is needed: whatever happens to writes that were not flushed, a block that is placed there
/// has an
/// empty bitmap, and in a file its data is zero as well. A file is extended ahead:
/// <list type="number">
/// <item>a footer at the new end, one write, which extends the file or does not happen: there is a footer at the end at any time;</item>
/// <item>a sync;</item>
/// <item>zeroes over what was at the end before: the old footer, or what a crash left behind;</item>
/// <item>a sync.</item>
/// </list>
/// On a device the bitmaps of the next blocks are zeroed instead. At closing a file is cut to what it needs.
/// </summary>
internal sealed class BlockSpace
{
    private readonly VhdFile _file;
    private readonly VhdMetadata _metadata;
    private readonly VhdLayout _layout;
    private readonly VhdTuning _tuning;
    private readonly List<IoPromise<int>> _waiting = [];
    private readonly Stack<IoPromise<int>> _free = new();
    private readonly FreedPlaces _freed;
    private readonly int _blockCount;
    private int _allocated;

    // Sectors: where the next block may begin, where what is ready ends.
    private long _next;
    private long _ready;

    // Bytes: where the file ends, footer included, and where it may end because writing a footer there failed.
    private long _length;
    private long _attemptedLength;
    private long _growth;

    // The file may end elsewhere than it has to.
    private bool _isLoose;
    private bool _isGrowing;
    private bool _isStopping;
    private bool _canReserve = true;
    private Exception? _fault;

    internal BlockSpace(VhdFile file, VhdMetadata metadata, VhdTuning tuning)
    {
        (_file, _metadata, _layout, _tuning) = (file, metadata, metadata.Layout, tuning);
        _freed = new FreedPlaces(file, metadata.Layout);
        _growth = tuning.MinGrowth;
        _length = _attemptedLength = metadata.FileLength;
        _next = _ready = metadata.EndOfData >> VHD_SECTOR_SHIFT;
        _blockCount = metadata.RequireBat().Count;
        _allocated = metadata.RequireBat().AllocatedCount;
    }

    /// <summary>New blocks hold zeroes, not only an empty bitmap.</summary>
    internal bool IsZeroed => !_file.File.IsBlockDevice;

    private bool NeedsRoom => ((_ready - _next) << VHD_SECTOR_SHIFT) < _growth / 2 && _allocated < _blockCount && !_freed.HasReady;

    private long StoredBlock => (long)_layout.SectorsPerStoredBlock << VHD_SECTOR_SHIFT;

    /// <summary>
    /// Puts a footer at the end of a file whose last sector is none, such as after upstream crashed, and finds room between its blocks.
    /// </summary>
    /// <param name="footers">What was found.</param>
    /// <returns>0 or a negative errno.</returns>
    internal IoTask<int> RepairAsync(FooterPair footers)
    {
        _freed.Survey(_metadata);
        bool isSound = footers.Tail is { IsValid: true } tail && tail.Bytes.SequenceEqual(_metadata.Footer.Bytes)
            && _length % VHD_SECTOR_SIZE == 0 && _length - FooterSize >= _metadata.EndOfData;
        return isSound || _file.File.IsBlockDevice ? new IoTask<int>(0) : MoveFooterAsync(Math.Max(_length, _metadata.EndOfData));
    }

    /// <summary>Takes room for a block if some is ready.</summary>
    /// <param name="entry">Its BAT entry.</param>
    internal bool TryTake(out uint entry)
    {
        bool isReady = _freed.TryTake(out entry);
        if (!isReady)
        {
            long start = _layout.PlaceBlock(_next);
            long end = start + _layout.SectorsPerStoredBlock;
            entry = (uint)start;
            isReady = end <= _ready;
            if (isReady)
                _next = end;
        }
        if (isReady)
            _allocated++;
        if (NeedsRoom)
            StartGrowing();
        return isReady;
    }

    /// <summary>Takes a place back to which the BAT in the file does not point any more.</summary>
    /// <param name="entry">What its BAT entry was.</param>
    internal void Give(uint entry)
    {
        _allocated--;
        _isLoose = true;
        _freed.Add(entry);
        StartGrowing();
    }

    /// <summary>Waits until there is more room.</summary>
    /// <returns>0, −ENOSPC, or another negative errno.</returns>
    internal async IoTask<int> WaitAsync()
    {
        // An extension that fails at once has to find who waits for it.
        IoPromise<int> turn = Enlist();
        StartGrowing();
        _growth = Math.Min(_growth * 2, _tuning.MaxGrowth);
        int result = await HearAsync(turn);
        return _fault is { } fault ? throw new InvalidOperationException("The extension of a VHD's file crashed.", fault) : result;
    }

    /// <summary>Cuts the file to its length when closed, with the footer at the end; no request may be in flight.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal async IoTask<int> CutAsync()
    {
        await StopAsync();
        if (!_isLoose || _file.File.IsBlockDevice)
            return 0;
        long end = _metadata.EndOfData;
        int result = await WriteFooterAsync(end);
        if (result == 0)
            result = await _file.SyncAsync();
        if (result == 0)
            result = await _file.File.TruncateAsync(end + FooterSize);
        return result == 0 ? await _file.SyncAsync() : result;
    }

    /// <summary>Waits until the file is not being extended; nobody may ask for room meanwhile.</summary>
    /// <returns>0.</returns>
    internal async IoTask<int> StopAsync()
    {
        _isStopping = true;
        while (_isGrowing)
            await HearAsync(Enlist());
        return 0;
    }

    private IoPromise<int> Enlist()
    {
        IoPromise<int> turn = _free.TryPop(out IoPromise<int>? free) ? free : new IoPromise<int>();
        _waiting.Add(turn);
        return turn;
    }

    private async IoTask<int> HearAsync(IoPromise<int> turn)
    {
        int result = await turn.Task;
        _free.Push(turn);
        return result;
    }

    private void StartGrowing()
    {
        if (_isGrowing)
            return;
        _isGrowing = true;
        _ = GrowAsync();
    }

    private async IoTask<int> GrowAsync()
    {
        int result = -Errno.EIO;
        try
        {
            result = 0;
            while (_freed.HasUnclean && result == 0 && !_isStopping)
            {
                result = await _freed.CleanAsync();
                LetGo(result);
            }
            if (!NeedsRoom && _waiting.Count == 0)
                return result;
            long blocks = Math.Clamp(_growth / StoredBlock, 1, Math.Max(1, _blockCount - _allocated));
            do
            {
                result = await (_file.File.IsBlockDevice ? PrepareDeviceAsync((int)blocks) : ExtendFileAsync((int)blocks));
                blocks /= 2;
            }
            while (result == -Errno.ENOSPC && blocks > 0);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever waits throws it.
            _fault = e;
        }
        finally
        {
            _isGrowing = false;
            LetGo(result);
        }
        return result;
    }

    /// <summary>Those who wait look again, or hear that it failed.</summary>
    private void LetGo(int result)
    {
        foreach (IoPromise<int> turn in _waiting)
            turn.Set(result);
        _waiting.Clear();
    }

    /// <summary>The sector after that many blocks more, or −1 if the table cannot address them.</summary>
    private long EndAfter(int blocks)
    {
        long end = _next;
        for (int i = 0; i < blocks; i++)
        {
            long start = _layout.PlaceBlock(end);
            if (start >= DD_BLK_UNUSED)
                return i == 0 ? -1 : end;
            end = start + _layout.SectorsPerStoredBlock;
        }
        return end;
    }

    private async IoTask<int> ExtendFileAsync(int blocks)
    {
        long target = EndAfter(blocks) << VHD_SECTOR_SHIFT;
        if (target < 0)
            return -Errno.ENOSPC;
        if (target <= _ready << VHD_SECTOR_SHIFT)
            return 0;
        _isLoose = true;
        long oldLength = _length;
        int result = target + FooterSize <= oldLength ? await _file.SyncAsync() : await MoveFooterAsync(target);
        if (result < 0)
            return result;

        // Up to the old end there may be anything; beyond it there was nothing, which reads as zeroes.
        long from = _ready << VHD_SECTOR_SHIFT;
        long to = Math.Min(target, oldLength);
        if (from < to)
            result = await _file.ZeroAsync(from, to - from);
        if (result == 0)
            result = await _file.SyncAsync();
        if (result == 0)
            _ready = (oldLength < _length ? _length - FooterSize : target) >> VHD_SECTOR_SHIFT;
        return result;
    }

    /// <summary>Extends the file so that its footer is at <paramref name="offset"/> or beyond, and waits until it is stable.</summary>
    private async IoTask<int> MoveFooterAsync(long offset)
    {
        offset = Math.Max((offset + VHD_SECTOR_SIZE - 1) / VHD_SECTOR_SIZE * VHD_SECTOR_SIZE, _attemptedLength - FooterSize);
        if (_canReserve)
        {
            int reserved = await _file.File.AllocateAsync(IoAllocateMode.AllocateKeepSize, _length, offset + FooterSize - _length);
            if (reserved == -Errno.ENOSPC)
                return reserved;
            _canReserve = reserved == 0;
        }
        _attemptedLength = offset + FooterSize;
        int result = await WriteFooterAsync(offset);
        if (result < 0)
            return result;
        _length = offset + FooterSize;
        _isLoose = true;
        return await _file.SyncAsync();
    }

    private async IoTask<int> WriteFooterAsync(long offset)
    {
        IoBuffer buffer = _file.Rent(FooterSize);
        _metadata.Footer.Bytes.CopyTo(buffer.Span);
        int result = await _file.WriteAsync(offset, buffer);
        _file.Return(buffer);
        return result;
    }

    private async IoTask<int> PrepareDeviceAsync(int blocks)
    {
        long end = EndAfter(blocks);
        if (end < 0 || end << VHD_SECTOR_SHIFT > _length - FooterSize)
            return -Errno.ENOSPC;
        IoBuffer zeroes = _file.Zeroes.Of(_layout.BitmapSize);
        long next = _next;
        while (next < end)
        {
            long start = _layout.PlaceBlock(next);
            if (start >= _ready && await _file.WriteAsync(start << VHD_SECTOR_SHIFT, zeroes) is < 0 and int failure)
                return failure;
            next = start + _layout.SectorsPerStoredBlock;
        }
        int result = await _file.SyncAsync();
        if (result == 0)
            _ready = Math.Max(_ready, end);
        return result;
    }
}
