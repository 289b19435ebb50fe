namespace Tapvisor.XenStore;

/// <summary>What either end of a device writes into its node <c>state</c> (public header io/xenbus.h).</summary>
public enum XenbusState
{
    /// <summary>Missing, or nothing that the protocol knows.</summary>
    Unknown = 0,

    /// <summary>Made by the toolstack.</summary>
    Initialising = 1,

    /// <summary>The backend waits for the frontend's offer.</summary>
    InitWait = 2,

    /// <summary>The frontend has made its offer.</summary>
    Initialised = 3,

    /// <summary>In use.</summary>
    Connected = 4,

    /// <summary>Being given up.</summary>
    Closing = 5,

    /// <summary>Given up.</summary>
    Closed = 6,

    /// <summary>Of PCI devices.</summary>
    Reconfiguring = 7,

    /// <summary>Of PCI devices.</summary>
    Reconfigured = 8,
}
