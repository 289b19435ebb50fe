using Akka.Actor;
using Tapvisor.Actors.Ring;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>RESUME, or OPEN of a disk that waits for its key: first the image, then the ring device.</summary>
/// <param name="From">Where the disk comes from.</param>
/// <param name="Client">Whoever asked.</param>
/// <param name="Record">What the disk will be; its size is known once the image is open.</param>
/// <param name="IsReopening">It was asked for by OPEN, brought its key along and is answered as OPEN.</param>
/// <param name="Attempt">The how-manieth attempt to open the image this is, from 1.</param>
/// <param name="RingFailure">Why the ring device did not start, while the image is being closed again.</param>
internal sealed record Resuming(
    Paused From,
    IActorRef Client,
    DiskRecord Record,
    bool IsReopening,
    int Attempt = 1,
    RingProtocol.StartFailed? RingFailure = null)
    : TransitionalPhase(Client)
{
    internal override VbdState Wire => From.Wire;
}
