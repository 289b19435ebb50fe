using Tapvisor.Actors.XenStore.Vbd;

namespace Tapvisor.Actors.XenStore;

/// <summary>The service's part in XenStore; the HOCON path of each is in config/supervisor.hocon.</summary>
public sealed record XenStoreSettings
{
    /// <summary>Stands in for a path: a store of the service's own, in its control directory.</summary>
    public const string Embedded = "embedded";

    /// <summary>Whether the service does tapback's work.</summary>
    public StoreMode Mode { get; init; }

    /// <summary>The store's socket or device; "" for where libxenstore would look, or <see cref="Embedded"/>.</summary>
    public string Store { get; init; } = "";

    /// <summary>How devices are served.</summary>
    public VbdOptions Devices { get; init; } = new();
}
