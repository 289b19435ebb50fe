namespace Akka.TestKit;

/// <summary>Tells the <see cref="TestEventListener"/> to use a filter.</summary>
public sealed class Mute(IEventFilter filter)
{
    public IEventFilter Filter { get; } = filter;
}
