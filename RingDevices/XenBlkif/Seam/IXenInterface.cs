namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>All that a block backend needs of its hypervisor, opened for one engine.</summary>
public interface IXenInterface : IDisposable
{
    /// <summary>Guests' memory.</summary>
    IGrantTable Grants { get; }

    /// <summary>Guests' interrupts.</summary>
    IEventChannels Events { get; }
}
