using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Event;

/// <summary>Delivers events to the actors that subscribed to their class or one of its base types.</summary>
public class LoggingBus
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Type, IActorRef[]> _receiversOf = new();
    private ImmutableList<(IActorRef Subscriber, Type Channel)> _subscriptions = [];

    /// <summary>The least severe level that loggers receive.</summary>
    public LogLevel LogLevel { get; private set; }

    public void SetLogLevel(LogLevel logLevel) => LogLevel = logLevel;

    /// <returns>False if the subscriber already gets all these events.</returns>
    public virtual bool Subscribe(IActorRef subscriber, Type classifier)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (_subscriptions.Any(one => one.Subscriber.Equals(subscriber) && one.Channel.IsAssignableFrom(classifier)))
            {
                return false;
            }

            Change(_subscriptions.Add((subscriber, classifier)));
            return true;
        }
    }

    /// <returns>False if there was no such subscription.</returns>
    public virtual bool Unsubscribe(IActorRef subscriber, Type classifier) =>
        RemoveAll(one => one.Subscriber.Equals(subscriber) && classifier.IsAssignableFrom(one.Channel));

    public virtual bool Unsubscribe(IActorRef subscriber) => RemoveAll(one => one.Subscriber.Equals(subscriber));

    public virtual void Publish(object @event)
    {
        foreach (IActorRef subscriber in _receiversOf.GetOrAdd(@event.GetType(), ReceiversOf))
        {
            subscriber.Tell(@event, ActorRefs.NoSender);
        }
    }

    private IActorRef[] ReceiversOf(Type type) =>
        [.. _subscriptions.Where(one => one.Channel.IsAssignableFrom(type)).Select(one => one.Subscriber).Distinct()];

    private bool RemoveAll(Predicate<(IActorRef Subscriber, Type Channel)> which)
    {
        lock (_lock)
        {
            ImmutableList<(IActorRef Subscriber, Type Channel)> left = _subscriptions.RemoveAll(which);
            bool removed = left.Count < _subscriptions.Count;
            if (removed)
            {
                Change(left);
            }

            return removed;
        }
    }

    private void Change(ImmutableList<(IActorRef Subscriber, Type Channel)> subscriptions)
    {
        _subscriptions = subscriptions;
        _receiversOf.Clear();
    }
}
