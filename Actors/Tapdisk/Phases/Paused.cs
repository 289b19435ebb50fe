using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>The image is closed and the guest's requests wait; there need not be an image at all.</summary>
/// <param name="ResumeFailed">The last attempt to resume failed.</param>
internal sealed record Paused(bool ResumeFailed) : TapdiskPhase
{
    private const VbdState Quiet = VbdState.TD_VBD_CLOSED | VbdState.TD_VBD_QUIESCED | VbdState.TD_VBD_PAUSED;

    internal override VbdState Wire => ResumeFailed ? Quiet | VbdState.TD_VBD_RESUME_FAILED : Quiet;

    internal static Paused As(DiskRecord record) => new(record.ResumeFailed);
}
