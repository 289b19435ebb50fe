namespace Tapvisor.ImageDrivers.Layers.Alignment;

/// <summary>
/// Keeps requests that read, change and write back a range (exclusive holds) apart from everything else that writes there; plain writes
/// (shared holds) do not disturb each other. First come, first served among those that overlap, so nobody starves. While there is no
/// exclusive hold a shared one costs a list insertion. Holds are pooled: as many exist as requests were ever in flight.
/// </summary>
internal sealed class RangeLock
{
    private RangeHold? _first;
    private RangeHold? _last;
    private RangeHold? _free;
    private int _exclusive;
    private int _waiting;

    /// <summary>Claims the bytes from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    /// <returns>A hold to wait for unless it is granted, and to release.</returns>
    internal RangeHold Claim(long start, long end, bool exclusive)
    {
        RangeHold hold = _free ?? new RangeHold();
        _free = hold.Next;
        hold.Previous = _last;
        hold.Next = null;
        hold.Set(start, end, exclusive, granted: true);
        if (_last is null)
            _first = hold;
        else
            _last.Next = hold;
        _last = hold;
        if (exclusive)
            _exclusive++;
        if (_exclusive > 0 && !IsFree(hold))
        {
            hold.Set(start, end, exclusive, granted: false);
            _waiting++;
        }
        return hold;
    }

    /// <summary>Gives a granted hold back and grants those that waited for it.</summary>
    internal void Release(RangeHold hold)
    {
        if (hold.Previous is null)
            _first = hold.Next;
        else
            hold.Previous.Next = hold.Next;
        if (hold.Next is null)
            _last = hold.Previous;
        else
            hold.Next.Previous = hold.Previous;
        if (hold.IsExclusive)
            _exclusive--;
        RangeHold? later = hold.Next;
        hold.Previous = null;
        hold.Next = _free;
        _free = hold;
        for (; _waiting > 0 && later is not null; later = later.Next)
        {
            if (later.IsGranted || !IsFree(later))
                continue;
            _waiting--;
            later.Grant();
        }
    }

    private static bool IsFree(RangeHold hold)
    {
        for (RangeHold? earlier = hold.Previous; earlier is not null; earlier = earlier.Previous)
        {
            if (earlier.ConflictsWith(hold))
                return false;
        }
        return true;
    }
}
