using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>A filter in use, until it is disposed.</summary>
internal sealed class MutedFilter : IUnmutableFilter
{
    private readonly ActorSystem _system;
    private readonly IEventFilter _filter;

    public MutedFilter(ActorSystem system, IEventFilter filter)
    {
        _system = system;
        _filter = filter;
        system.EventStream.Publish(new Mute(filter));
    }

    public void Unmute() => _system.EventStream.Publish(new Unmute(_filter));

    public void Dispose() => Unmute();
}
