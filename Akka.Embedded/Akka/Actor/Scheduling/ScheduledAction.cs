namespace Akka.Actor;

/// <summary>One thing to do at a time; ordered by that time, then by when it was asked for.</summary>
internal sealed class ScheduledAction(TimeSpan due, long sequence, TimeSpan? interval, Action action, ICancelable? cancelable)
    : IComparable<ScheduledAction>
{
    public TimeSpan Due { get; } = due;

    public bool IsCancelled => cancelable?.IsCancellationRequested == true;

    /// <summary>Takes the action out of its scheduler's queue when it is cancelled.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    public CancellationToken Token => cancelable?.Token ?? CancellationToken.None;

    public void Run() => action();

    /// <summary>The next repetition; null if there is none.</summary>
    public ScheduledAction? Next(long nextSequence) =>
        interval is { } every && !IsCancelled ? new ScheduledAction(Due + every, nextSequence, every, action, cancelable) : null;

    public int CompareTo(ScheduledAction? other) => (Due, Sequence).CompareTo((other!.Due, other.Sequence));

    private long Sequence { get; } = sequence;
}
