using Akka.Actor;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>PAUSE: the image is being closed, and the guest's requests wait from here on.</summary>
/// <param name="Client">Whoever asked.</param>
internal sealed record Pausing(IActorRef Client) : TransitionalPhase(Client)
{
    internal override VbdState Wire => VbdState.TD_VBD_QUIESCE_REQUESTED | VbdState.TD_VBD_PAUSE_REQUESTED;
}
