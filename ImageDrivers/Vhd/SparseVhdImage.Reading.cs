using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>Reads that are made of several pieces, and where data is.</summary>
internal sealed partial class SparseVhdImage
{
    /// <inheritdoc />
    public async IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents)
    {
        long end = offset + length;
        while (offset < end)
        {
            SectorRun run = await RunAtAsync(offset, (int)Math.Min(end - offset, _layout.BlockSize));
            if (run.Result < 0)
                return extents.Count > 0 ? 0 : run.Result;
            long told = run.IsHere ? run.Length : await _below.BlockStatusAsync(offset, run.Length, extents);
            if (told < 0)
                return extents.Count > 0 ? 0 : (int)told;
            if (told == 0 || (run.IsHere && !extents.TryAdd(run.Length, ExtentStates.Data)))
                return 0;
            offset += told;
        }
        return 0;
    }

    private IoTask<SectorRun> RunAtAsync(long offset, int length)
    {
        int start = (int)(offset % _layout.BlockSize);
        return FindRunAsync((int)(offset / _layout.BlockSize), start, Math.Min(length, _layout.BlockSize - start));
    }

    /// <summary>Everything that is not here and lies in a row is read from below at once, across blocks.</summary>
    private async IoTask<int> ReadPiecesAsync(long offset, IoBuffer buffer)
    {
        TaskFan fan = RentFan();
        int below = 0;
        int at = 0;
        int failure = 0;
        while (at < buffer.Length && failure == 0 && !fan.HasFailed)
        {
            SectorRun run = await RunAtAsync(offset + at, buffer.Length - at);
            failure = run.Result;
            if (run.IsHere && below < at)
            {
                // Looked for again afterwards: the block may have left its place meanwhile.
                await fan.AddAsync(_below.ReadAsync(offset + below, buffer.Slice(below, at - below)));
                below = at;
                continue;
            }
            if (run.IsHere)
            {
                int block = (int)((offset + at) / _layout.BlockSize);
                long place = PlaceOf(block, (int)((offset + at) % _layout.BlockSize));
                await fan.AddAsync(_data.ReadAsync(place, offset + at, buffer.Slice(at, run.Length)));
                below = at + run.Length;
            }
            at += run.Length;
        }
        if (below < at && failure == 0)
            await fan.AddAsync(_below.ReadAsync(offset + below, buffer.Slice(below, at - below)));
        int result = await JoinAsync(fan);
        return failure < 0 ? failure : result;
    }
}
