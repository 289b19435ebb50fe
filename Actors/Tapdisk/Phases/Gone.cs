using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>The supervisor is taking the disk away, or the service has ended for it.</summary>
/// <param name="LastWire">What LIST reports to the last.</param>
internal sealed record Gone(VbdState LastWire) : TapdiskPhase
{
    internal override VbdState Wire => LastWire;

    /// <summary>Those that come are refused; those that wait since before lose their client with the service.</summary>
    internal override bool TakesRequests => false;
}
