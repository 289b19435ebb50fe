namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>Who hears of an event channel's events.</summary>
internal interface IEventSink
{
    /// <summary>An event came; the port is masked until the sink has it unmasked.</summary>
    void Raised();
}
