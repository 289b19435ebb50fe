using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>The image does not come back by itself; the guest sees I/O errors until the disk is paused or closed.</summary>
internal sealed record GivenUp : TapdiskPhase
{
    internal override VbdState Wire => VbdState.TD_VBD_DEAD;
}
