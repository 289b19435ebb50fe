using Akka.Event;

namespace Akka.TestKit.Internal;

/// <summary>Counts what any of its filters takes.</summary>
internal sealed class CountingEventFilter(IReadOnlyList<IEventFilter> filters, int expected) : IEventFilter
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Completes when as many events as expected came.</summary>
    public Task Reached => expected == 0 ? Task.CompletedTask : _reached.Task;

    public bool Apply(LogEvent logEvent)
    {
        if (!filters.Any(filter => filter.Apply(logEvent)))
        {
            return false;
        }

        if (Interlocked.Increment(ref _count) == expected)
        {
            _reached.TrySetResult();
        }

        return true;
    }
}
