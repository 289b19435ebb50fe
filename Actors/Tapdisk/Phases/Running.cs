using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>The image is open and serves.</summary>
/// <param name="Since">On the scheduler's monotonic clock.</param>
internal sealed record Running(TimeSpan Since) : TapdiskPhase
{
    internal override VbdState Wire => VbdState.None;
}
