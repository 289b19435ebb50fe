using Akka.Event;

namespace Akka.TestKit;

/// <summary>Takes some log events, which are then not printed.</summary>
public interface IEventFilter
{
    /// <returns>Whether it takes the event.</returns>
    bool Apply(LogEvent logEvent);
}
