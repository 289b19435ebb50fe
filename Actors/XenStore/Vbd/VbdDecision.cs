using Tapvisor.Actors.Ring;
using Tapvisor.XenStore;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>What follows from a device's nodes: all in one transaction, then the ring is asked.</summary>
/// <param name="Next">The machine once that has happened.</param>
internal sealed record VbdDecision(VbdMachine Next)
{
    /// <summary>Nodes of the backend's directory, each written if it is not so already.</summary>
    internal IReadOnlyList<NodeWrite> Writes { get; init; } = [];

    /// <summary>The backend's new state, if it changes.</summary>
    internal XenbusState? State { get; init; }

    /// <summary>Why the device is given up; goes into its error node.</summary>
    internal VbdFailure? Failure { get; init; }

    /// <summary>The backend's directory goes.</summary>
    internal bool RemovesDirectory { get; init; }

    /// <summary>For the ring of <see cref="VbdMachine.Minor"/>.</summary>
    internal RingProtocol.GuestRequest? Request { get; init; }

    /// <summary>There is no such device any more.</summary>
    internal bool IsOver { get; init; }

    /// <summary>For the log, once.</summary>
    internal string? Note { get; init; }

    /// <summary>Whether it matters that the nodes still are what they were.</summary>
    internal bool HasEffect =>
        Writes.Count > 0 || State is not null || RemovesDirectory || Request is not null || Failure is not null || IsOver;
}
