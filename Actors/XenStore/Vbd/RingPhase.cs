namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>How far a device and its disk's ring device have come.</summary>
internal enum RingPhase
{
    /// <summary>No ring, nothing mapped.</summary>
    None,

    /// <summary>Asked for.</summary>
    Connecting,

    /// <summary>Requests are served.</summary>
    Connected,

    /// <summary>Being given back.</summary>
    Disconnecting,
}
