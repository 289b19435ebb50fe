using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>Nothing is open.</summary>
/// <param name="WasClosed">Something was open before.</param>
internal sealed record Attached(bool WasClosed) : TapdiskPhase
{
    internal override VbdState Wire => WasClosed ? VbdState.TD_VBD_CLOSED : VbdState.None;

    internal static Attached As(DiskRecord record) => new(record.WasClosed);
}
