using Tapvisor.Actors.XenStore.Vbd;

namespace Tapvisor.Actors.XenStore;

/// <summary>What the actors of this room say to each other.</summary>
public static class VbdProtocol
{
    /// <summary>To the XenStoreActor: the service's disks are back, begin.</summary>
    public sealed record Start;

    /// <summary>To a device: some of its nodes may have changed.</summary>
    internal sealed record Changed;

    /// <summary>To a device: whether its domain lives.</summary>
    internal sealed record DomainSeen(bool IsAlive);

    /// <summary>To the XenStoreActor: the device is no more and its actor can go.</summary>
    internal sealed record Over(VbdId Id);
}
