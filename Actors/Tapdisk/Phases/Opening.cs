using Akka.Actor;
using Tapvisor.Actors.Ring;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>OPEN: first the image, then the ring device.</summary>
/// <param name="From">Where a failure leads back to.</param>
/// <param name="Client">Whoever asked.</param>
/// <param name="Record">What the disk will be; its size is known once the image is open.</param>
/// <param name="RingFailure">Why the ring device did not start, while the image is being closed again.</param>
internal sealed record Opening(Attached From, IActorRef Client, DiskRecord Record, RingProtocol.StartFailed? RingFailure = null)
    : TransitionalPhase(Client)
{
    internal override VbdState Wire => From.Wire;
}
