namespace Akka.Event;

/// <summary>An actor system's events: logs, dead letters, unhandled messages and whatever else is published.</summary>
public class EventStream : LoggingBus
{
    /// <param name="debug">Accepted for compatibility; subscriptions are not logged.</param>
    public EventStream(bool debug) => _ = debug;
}
