using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>What lies below a VHD: its parent as far as that reaches, and zeroes beyond it or where there is none.</summary>
internal sealed class ParentReads(IImageDriver? parent)
{
    // Extents that a parent is asked for at a time.
    private const int MaxExtents = 64;

    private readonly IBlockStatus? _status = parent?.Ability<IBlockStatus>();
    private readonly Stack<ExtentList> _free = new();

    /// <summary>There is nothing: all is zero.</summary>
    internal bool IsNothing => parent is null;

    /// <summary>Fills the buffer.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal IoTask<int> ReadAsync(long offset, IoBuffer buffer)
    {
        long held = parent is null ? 0 : Math.Clamp(parent.Info.Length - offset, 0, buffer.Length);
        if (held < buffer.Length)
            buffer.Span[(int)held..].Clear();
        return held == 0 ? new IoTask<int>(0) : parent!.ReadAsync(offset, buffer.Slice(0, (int)held));
    }

    /// <summary>Adds extents, which may be for only a first part of the range.</summary>
    /// <returns>The bytes told about, 0 if the list is full, or a negative errno.</returns>
    internal async IoTask<long> BlockStatusAsync(long offset, long length, ExtentList extents)
    {
        long held = parent is null ? 0 : Math.Clamp(parent.Info.Length - offset, 0, length);
        if (held == 0)
            return extents.TryAdd(length, ExtentStates.Hole | ExtentStates.Zero) ? length : 0;
        if (_status is null)
            return extents.TryAdd(held, ExtentStates.Data) ? held : 0;
        ExtentList below = _free.TryPop(out ExtentList? free) ? free : new ExtentList(MaxExtents);
        below.Clear();
        int result = await _status.BlockStatusAsync(offset, held, below);
        long told = 0;
        for (int i = 0; result == 0 && i < below.Count && told < held; i++)
        {
            long part = Math.Min(below[i].Length, held - told);
            if (!extents.TryAdd(part, below[i].State))
                break;
            told += part;
        }
        _free.Push(below);
        return result < 0 ? result : told;
    }

    /// <summary>Whether a range is known to be zero.</summary>
    /// <returns>1 or 0, or a negative errno.</returns>
    internal IoTask<int> IsZeroAsync(long offset, long length) =>
        parent is null || offset >= parent.Info.Length ? new IoTask<int>(1)
        : _status is null ? new IoTask<int>(0)
        : FindDataAsync(offset, length);

    private async IoTask<int> FindDataAsync(long offset, long length)
    {
        ExtentList extents = _free.TryPop(out ExtentList? free) ? free : new ExtentList(MaxExtents);
        long told = 1;
        bool isZero = true;
        for (long end = offset + length; offset < end && told > 0 && isZero; offset += told)
        {
            extents.Clear();
            told = await BlockStatusAsync(offset, end - offset, extents);
            for (int i = 0; told > 0 && i < extents.Count; i++)
                isZero &= extents[i].State.HasFlag(ExtentStates.Zero);
        }
        _free.Push(extents);
        return told < 0 ? (int)told : isZero && told > 0 ? 1 : 0;
    }

    internal IoTask<int> CloseAsync() => parent?.CloseAsync() ?? new IoTask<int>(0);
}
