namespace Tapvisor.RingDevices.Nbd;

/// <summary>The way a connection came.</summary>
internal enum NbdEntrance
{
    /// <summary>Accepted from a listener; speaks fixed newstyle.</summary>
    Listener,

    /// <summary>Passed as a descriptor; speaks fixed newstyle, again after each NBD_CMD_DISC.</summary>
    PassedNewstyle,

    /// <summary>Passed as a descriptor; speaks oldstyle, again after each NBD_CMD_DISC.</summary>
    PassedOldstyle,
}
