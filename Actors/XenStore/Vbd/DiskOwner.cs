namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>Whose disk a device's nodes name.</summary>
internal enum DiskOwner
{
    /// <summary>Nobody has named one yet, or a service that has died had it.</summary>
    None,

    /// <summary>One of this service, open or not.</summary>
    Ours,

    /// <summary>Another tapdisk's.</summary>
    Foreign,

    /// <summary>What is written there names no tapdisk's disk.</summary>
    Malformed,
}
