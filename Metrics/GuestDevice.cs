namespace Tapvisor.Metrics;

/// <summary>One block device of one guest.</summary>
internal readonly record struct GuestDevice(uint DomId, uint DevId)
{
    /// <summary>Its file in td3-&lt;pid&gt;/.</summary>
    internal string FileName => $"vbd-{DomId}-{DevId}";

    /// <summary>Its directory beside td3-&lt;pid&gt;/; xapi's rrdp-iostat watches for these names.</summary>
    internal string DirectoryName => $"vbd3-{DomId}-{DevId}";
}
