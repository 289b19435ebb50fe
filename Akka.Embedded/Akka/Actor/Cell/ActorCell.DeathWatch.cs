using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <content>Watching and being watched.</content>
internal sealed partial class ActorCell
{
    // Who is watched, and the message to send instead of Terminated.
    private readonly Dictionary<IActorRef, object?> _watching = [];

    // Whose Terminated is in the mailbox, so that Unwatch can still take it back.
    private readonly Dictionary<IActorRef, object?> _queuedDeaths = [];

    private readonly HashSet<InternalActorRef> _watchedBy = [];

    public IActorRef Watch(IActorRef subject) => WatchCore(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message) => WatchCore(subject, message);

    public IActorRef Unwatch(IActorRef subject)
    {
        InternalActorRef watchee = subject.AsInternal();
        if (!watchee.Equals(_self) && _watching.Remove(watchee))
        {
            watchee.SendSystemMessage(new Unwatch(watchee, _self));
        }

        _queuedDeaths.Remove(watchee);
        return subject;
    }

    private IActorRef WatchCore(IActorRef subject, object? message)
    {
        InternalActorRef watchee = subject.AsInternal();
        if (watchee.Equals(_self))
        {
            return subject;
        }

        if (!_watching.TryGetValue(watchee, out object? previous))
        {
            _watching.Add(watchee, message);
            watchee.SendSystemMessage(new Watch(watchee, _self));
        }
        else if (!Equals(previous, message))
        {
            throw new InvalidOperationException(
                $"Watch({_self}, {watchee}) termination message was not overwritten from [{previous ?? "Terminated"}] to " +
                $"[{message ?? "Terminated"}]. If this was intended, unwatch first before using Watch / WatchWith with another message.");
        }

        return subject;
    }

    private void HandleDeath(DeathWatchNotification death)
    {
        if (_watching.Remove(death.Actor, out object? custom) && !_children.IsTerminating)
        {
            _queuedDeaths[death.Actor] = custom;
            _self.Tell(new Terminated(death.Actor, death.ExistenceConfirmed, addressTerminated: false), death.Actor);
        }

        if (_children.Find(death.Actor) is not null)
        {
            HandleChildTerminated(death.Actor);
        }
    }

    private void ReceiveTerminated(Terminated terminated)
    {
        if (_queuedDeaths.Remove(terminated.ActorRef, out object? custom))
        {
            ReceiveMessage(custom ?? terminated);
        }
    }

    /// <summary>Lets an unstashed death through again.</summary>
    internal void ExpectDeathOf(IActorRef actor) => _queuedDeaths[actor] = null;

    private void AddWatcher(InternalActorRef watcher)
    {
        if (!watcher.Equals(_self))
        {
            _watchedBy.Add(watcher);
        }
    }

    private void UnwatchAll()
    {
        foreach (IActorRef subject in _watching.Keys)
        {
            InternalActorRef watchee = subject.AsInternal();
            watchee.SendSystemMessage(new Unwatch(watchee, _self));
        }

        _watching.Clear();
        _queuedDeaths.Clear();
    }

    private void TellWatchers()
    {
        foreach (InternalActorRef watcher in _watchedBy.Where(watcher => !watcher.Equals(ParentRef)))
        {
            watcher.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: true));
        }

        _watchedBy.Clear();
    }
}
