namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>What a record of the shadow says.</summary>
internal static class ShadowState
{
    /// <summary>Nothing.</summary>
    internal const int Free = 0;

    /// <summary>A request was taken from the ring.</summary>
    internal const int Consumed = 1;

    /// <summary>Its response is about to be written, or is written.</summary>
    internal const int Answered = 2;

    /// <summary>Its status is known, but a successor has to give the response.</summary>
    internal const int Settled = 3;
}
