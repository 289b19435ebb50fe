using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk.Phases;

/// <summary>What a disk is doing, with all that belongs to it: one sealed record for every state of <see cref="TapdiskActor"/>.</summary>
internal abstract record TapdiskPhase
{
    /// <summary>As LIST reports it.</summary>
    internal abstract VbdState Wire { get; }

    /// <summary>Requests get their answers here, and those that came too early get their turn.</summary>
    internal virtual bool TakesRequests => true;
}
