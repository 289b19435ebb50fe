using Tapvisor.Native;

namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>
/// Event channels bound for one engine (public header event_channel.h, Linux xen/evtchn.h). A port that was taken is masked until it is
/// unmasked: its next event waits so long. Engine's thread only. The descriptor belongs to whoever watches it.
/// </summary>
public interface IEventChannels
{
    /// <summary>Readable while a port is pending.</summary>
    int Descriptor { get; }

    /// <summary>Connects to a guest's port. The new port has an event pending from the start.</summary>
    /// <returns>The local port.</returns>
    /// <exception cref="BlockException">EINVAL when the guest's port is not open to us, or is still bound by somebody; ESRCH when there is
    /// no such guest.</exception>
    uint Bind(uint domId, uint remotePort);

    /// <summary>Lets a port go: it is not reported any more.</summary>
    void Unbind(uint port);

    /// <summary>Raises an event at the other end.</summary>
    /// <returns>0 or a negative errno.</returns>
    int Notify(uint port);

    /// <summary>Takes pending ports without waiting.</summary>
    /// <returns>How many there were.</returns>
    int Take(Span<uint> ports);

    /// <summary>Lets a taken port report events again.</summary>
    void Unmask(uint port);
}
