namespace Tapvisor.Tests.ImageDrivers.Vhd.Driver;

/// <summary>What a simulated VHD is and where it lies.</summary>
public enum VhdShape
{
    Dynamic,
    Differencing,
    Device,
    DifferencingDevice,

    /// <summary>Over a VHD that is over a raw disk.</summary>
    Chain,

    /// <summary>As <see cref="Chain"/>, both VHDs encrypted.</summary>
    EncryptedChain,
}
