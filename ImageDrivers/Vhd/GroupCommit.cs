using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>
/// Something that is done once for all who ask while it is being done: one at a time, and everybody gets the result of a run that began
/// after they asked. The first of those who wait leads the next run.
/// </summary>
/// <param name="perform">A run; returns 0 or a negative errno.</param>
internal sealed class GroupCommit(Func<IoTask<int>> perform)
{
    // What a waiter is told that has to do the next run; results are never positive.
    private const int Lead = 1;

    private readonly Stack<IoPromise<int>> _free = new();
    private List<IoPromise<int>> _waiting = [];
    private List<IoPromise<int>> _served = [];
    private bool _isRunning;

    /// <returns>What a run that began after this call returned: 0 or a negative errno.</returns>
    internal async IoTask<int> RunAsync()
    {
        if (_isRunning)
        {
            IoPromise<int> turn = _free.TryPop(out IoPromise<int>? free) ? free : new IoPromise<int>();
            _waiting.Add(turn);
            int verdict = await turn.Task;
            _free.Push(turn);
            if (verdict != Lead)
                return verdict;
        }
        _isRunning = true;
        (_served, _waiting) = (_waiting, _served);
        int result = -Errno.EIO;
        try
        {
            result = await perform();
            return result;
        }
        finally
        {
            Finish(result);
        }
    }

    private void Finish(int result)
    {
        foreach (IoPromise<int> served in _served)
            served.Set(result);
        _served.Clear();
        _isRunning = _waiting.Count > 0;
        if (!_isRunning)
            return;
        IoPromise<int> leader = _waiting[0];
        _waiting.RemoveAt(0);
        leader.Set(Lead);
    }
}
