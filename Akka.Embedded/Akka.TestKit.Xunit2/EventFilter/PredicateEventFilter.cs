using Akka.Event;

namespace Akka.TestKit.Internal;

/// <summary>Takes what a predicate accepts.</summary>
internal sealed class PredicateEventFilter(Predicate<LogEvent> predicate) : IEventFilter
{
    public bool Apply(LogEvent logEvent) => predicate(logEvent);
}
