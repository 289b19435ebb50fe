namespace Tapvisor.RingDevices.Nbd;

/// <summary>Why a connection takes no more requests.</summary>
internal enum NbdReceiveEnd
{
    /// <summary>The client said NBD_CMD_DISC.</summary>
    Disconnected,

    /// <summary>The connection is gone, in the middle of a request perhaps.</summary>
    Lost,

    /// <summary>The client sent what cannot be understood or is too large to be skipped.</summary>
    Garbage,

    /// <summary>The disk is being closed.</summary>
    Stopping,
}
