using Akka.Actor;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>In the middle of what a client asked for: it ends by itself, and requests wait until then, in the order they came.</summary>
/// <param name="Client">Whoever waits for its end, and hears of it exactly once.</param>
internal abstract record TransitionalPhase(IActorRef Client) : TapdiskPhase
{
    internal sealed override bool TakesRequests => false;
}
