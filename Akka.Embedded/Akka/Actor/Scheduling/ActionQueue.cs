using System.Diagnostics.CodeAnalysis;

namespace Akka.Actor;

/// <summary>What is to be done when, in order; cancelled actions leave it at once. Safe for all threads.</summary>
internal sealed class ActionQueue
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ScheduledAction> _actions = [];
    private long _sequence;
    private bool _closed;

    /// <summary>When the first action is due; null if there is none.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _actions.Min?.Due;
            }
        }
    }

    /// <summary>Adds an action, unless it is cancelled already.</summary>
    /// <exception cref="SchedulerException">The queue is closed.</exception>
    public void Add(TimeSpan due, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        if (cancelable?.IsCancellationRequested == true)
        {
            return;
        }

        lock (_lock)
        {
            if (_closed)
            {
                throw new SchedulerException("cannot enqueue after timer shutdown");
            }

            Insert(new ScheduledAction(due, ++_sequence, interval, action, cancelable));
        }
    }

    /// <summary>Takes the first action that is due, and puts its repetition in its place.</summary>
    public bool TryTakeDue(TimeSpan now, [NotNullWhen(true)] out ScheduledAction? action)
    {
        lock (_lock)
        {
            action = _actions.Min;
            if (action is null || action.Due > now)
            {
                return false;
            }

            _actions.Remove(action);
            action.Registration.Unregister();
            if (action.Next(++_sequence) is { } next)
            {
                Insert(next);
            }

            return true;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (ScheduledAction action in _actions)
            {
                action.Registration.Unregister();
            }

            _actions.Clear();
        }
    }

    private void Insert(ScheduledAction action)
    {
        _actions.Add(action);
        action.Registration = action.Token.UnsafeRegister(_ => Remove(action), null);
    }

    private void Remove(ScheduledAction action)
    {
        lock (_lock)
        {
            _actions.Remove(action);
        }
    }
}
