using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>The parts of one request that are under way at the same time, in the order in which they were begun; reused.</summary>
internal sealed class TaskFan
{
    // More than one request ever needs: a request of 32 MiB has 17 blocks of 2 MiB.
    private const int Width = 32;

    private readonly IoTask<int>[] _tasks = new IoTask<int>[Width];
    private int _first;
    private int _count;
    private int _result;

    /// <summary>Some part has failed.</summary>
    internal bool HasFailed => _result < 0;

    /// <summary>Adds a part, having waited for the oldest if there are too many.</summary>
    /// <returns>Nothing of interest.</returns>
    internal async IoTask<int> AddAsync(IoTask<int> task)
    {
        // It has begun and must not be forgotten: it takes its place before anything is waited for.
        bool isFull = _count == Width;
        IoTask<int> oldest = _tasks[_first];
        _tasks[(_first + _count) % Width] = task;
        if (!isFull)
        {
            _count++;
            return 0;
        }
        _first = (_first + 1) % Width;
        Note(await oldest);
        return 0;
    }

    /// <summary>Waits for all parts.</summary>
    /// <returns>0, or the errno of the first that failed; the fan is ready for the next request.</returns>
    internal async IoTask<int> JoinAsync()
    {
        for (; _count > 0; _count--)
        {
            IoTask<int> oldest = _tasks[_first];
            _first = (_first + 1) % Width;
            Note(await oldest);
        }
        int result = _result;
        _result = 0;
        return result;
    }

    private void Note(int result)
    {
        if (_result == 0)
            _result = result;
    }
}
