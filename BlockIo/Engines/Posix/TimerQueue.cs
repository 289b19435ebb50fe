using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>
/// An engine's delays, in a binary heap: those that end first come first, and those that end together in the order they were
/// started. What is due goes through the ready queue, so that a coroutine which delays by nothing cannot occupy the engine.
/// </summary>
internal sealed class TimerQueue(IoEngine engine)
{
    private IoTimer[] _heap = new IoTimer[16];
    private int _count;
    private long _sequence;
    private IoTimer? _free;

    /// <summary>When the first is due, in the engine's time; long.MaxValue when there is none.</summary>
    internal long NextDeadline => _count == 0 ? long.MaxValue : _heap[0].Deadline;

    internal IoTask<int> Start(IoScope scope, TimeSpan delay)
    {
        IoTimer timer = _free ?? new IoTimer(this);
        _free = timer.NextFree;
        timer.NextFree = null;
        timer.Scope = scope;
        timer.Deadline = Deadline(delay);
        timer.Sequence = _sequence++;
        scope.Enter();
        if (_count == _heap.Length)
            Array.Resize(ref _heap, _count * 2);
        _count++;
        SiftUp(_count - 1, timer);
        return new IoTask<int>(timer);
    }

    /// <summary>Makes ready what is due.</summary>
    internal void Expire(long now)
    {
        while (_count > 0 && _heap[0].Deadline <= now)
        {
            IoTimer due = _heap[0];
            IoTimer last = _heap[--_count];
            _heap[_count] = null!;
            if (_count > 0)
                SiftDown(0, last);
            End(due, 0);
        }
    }

    /// <summary>Ends a scope's delays, or all with null, with −ECANCELED.</summary>
    internal void Cancel(IoScope? scope)
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            IoTimer timer = _heap[i];
            if (scope is null || ReferenceEquals(timer.Scope, scope))
                End(timer, -Errno.ECANCELED);
            else
                _heap[kept++] = timer;
        }
        Array.Clear(_heap, kept, _count - kept);
        _count = kept;
        for (int i = kept / 2 - 1; i >= 0; i--)
            SiftDown(i, _heap[i]);
    }

    internal void Return(IoTimer timer)
    {
        timer.Scope = null;
        timer.NextFree = _free;
        _free = timer;
    }

    private long Deadline(TimeSpan delay)
    {
        long now = engine.Now;
        long nanoseconds = delay.Ticks <= 0 ? 0 : delay.Ticks > (long.MaxValue - now) / 100 ? long.MaxValue - now : delay.Ticks * 100;
        return now + nanoseconds;
    }

    private void End(IoTimer timer, int outcome)
    {
        timer.Outcome = outcome;
        engine.Schedule(timer);
    }

    private void SiftUp(int index, IoTimer timer)
    {
        while (index > 0 && timer.IsBefore(_heap[(index - 1) / 2]))
        {
            _heap[index] = _heap[(index - 1) / 2];
            index = (index - 1) / 2;
        }
        _heap[index] = timer;
    }

    private void SiftDown(int index, IoTimer timer)
    {
        for (int child = 2 * index + 1; child < _count; child = 2 * index + 1)
        {
            if (child + 1 < _count && _heap[child + 1].IsBefore(_heap[child]))
                child++;
            if (!_heap[child].IsBefore(timer))
                break;
            _heap[index] = _heap[child];
            index = child;
        }
        _heap[index] = timer;
    }
}
