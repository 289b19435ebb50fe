namespace Tapvisor.Tests.ImageDrivers.Vhd;

/// <summary>What a simulated VHD is and where it lies.</summary>
public enum VhdShape
{
    Dynamic,
    Differencing,
    Device,
    DifferencingDevice,

    /// <summary>Dynamic, in a file that a crash left longer than it needs to be, with what was not flushed behind its last block.</summary>
    Remains,

    /// <summary>Dynamic and encrypted.</summary>
    Encrypted,

    /// <summary>Over a VHD that is over a raw disk.</summary>
    Chain,

    /// <summary>As <see cref="Chain"/>, both VHDs encrypted.</summary>
    EncryptedChain,
}
