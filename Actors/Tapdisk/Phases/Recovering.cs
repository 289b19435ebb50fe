using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>
/// An open disk without a working driver: after the driver failed, after the disk's actor failed, after the service died. The guest's
/// requests wait; they see errors only once it is certain, or has lasted long enough, that the image does not come back.
/// </summary>
/// <param name="Opened">The disk with the size that its image has now, once that is open and only the ring device is missing.</param>
internal sealed record Recovering(DiskRecord? Opened = null) : TapdiskPhase
{
    internal override VbdState Wire => VbdState.None;
}
