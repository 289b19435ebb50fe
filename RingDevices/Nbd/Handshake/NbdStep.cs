namespace Tapvisor.RingDevices.Nbd.Handshake;

/// <summary>What comes after an option.</summary>
internal enum NbdStep
{
    /// <summary>Another option.</summary>
    Option,

    /// <summary>Requests.</summary>
    Transmission,

    /// <summary>Nothing: once the reply is out the connection ends.</summary>
    Close,
}
