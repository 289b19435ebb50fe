using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Layers.Alignment;

/// <summary>One request's claim to a range of bytes; belongs to its <see cref="RangeLock"/>.</summary>
internal sealed class RangeHold
{
    private readonly IoPromise<int> _granted = new();

    internal long Start { get; private set; }

    internal long End { get; private set; }

    internal bool IsExclusive { get; private set; }

    /// <summary>The range may be used.</summary>
    internal bool IsGranted { get; private set; }

    internal RangeHold? Previous { get; set; }

    internal RangeHold? Next { get; set; }

    /// <summary>Waits until the range may be used. Only when it may not yet.</summary>
    internal IoTask<int> WaitAsync() => _granted.Task;

    internal void Set(long start, long end, bool exclusive, bool granted)
    {
        Start = start;
        End = end;
        IsExclusive = exclusive;
        IsGranted = granted;
    }

    internal void Grant()
    {
        IsGranted = true;
        _granted.Set(0);
    }

    internal bool ConflictsWith(RangeHold other) => (IsExclusive || other.IsExclusive) && Start < other.End && other.Start < End;
}
