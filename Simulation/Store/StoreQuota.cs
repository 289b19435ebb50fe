namespace Tapvisor.Simulation.Store;

/// <summary>What a domain without privilege may use; xenstored's defaults (Xen's tools/xenstored/core.c).</summary>
public sealed record StoreQuota
{
    /// <summary>Nodes that it owns; ENOSPC beyond.</summary>
    public int Nodes { get; init; } = 1000;

    /// <summary>Watches of one connection; E2BIG beyond.</summary>
    public int Watches { get; init; } = 128;

    /// <summary>Transactions of one connection; ENOSPC beyond.</summary>
    public int Transactions { get; init; } = 10;

    /// <summary>Bytes of a node's value; ENOSPC beyond.</summary>
    public int ValueBytes { get; init; } = 2048;

    /// <summary>Entries of a node's list of permissions; ENOSPC beyond.</summary>
    public int Permissions { get; init; } = 5;
}
