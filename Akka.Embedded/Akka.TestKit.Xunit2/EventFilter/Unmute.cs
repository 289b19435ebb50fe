namespace Akka.TestKit;

/// <summary>Tells the <see cref="TestEventListener"/> to forget a filter.</summary>
public sealed class Unmute(IEventFilter filter)
{
    public IEventFilter Filter { get; } = filter;
}
