using Akka.Actor;
using Tapvisor.Actors.Image;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>
/// CLOSE, FORCE_SHUTDOWN, and the end of the service: guests' rings first, whose further requests stay where they are; then the image, so
/// that what was acknowledged is in it; then what still waits is answered with ESHUTDOWN and the clients are let go (upstream
/// tapdisk_control_close_image, which waits for rings but not for NBD: W-7).
/// </summary>
/// <param name="FromWire">What LIST reported before.</param>
/// <param name="Client">Whoever asked.</param>
/// <param name="Cause">What for.</param>
/// <param name="Failure">What the image had to write at the end and could not.</param>
internal sealed record Closing(VbdState FromWire, IActorRef Client, ClosingCause Cause, ImageProtocol.CloseFailed? Failure = null)
    : TransitionalPhase(Client)
{
    internal override VbdState Wire => FromWire | VbdState.TD_VBD_SHUTDOWN_REQUESTED;

    internal bool IsForced => Cause is ClosingCause.ForceShutdown;
}
