namespace Tapvisor.Tests.ImageDrivers.Vhd.Driver;

/// <summary>What a simulated VHD is and where it lies.</summary>
public enum VhdShape
{
    Dynamic,
    Differencing,
    Device,
    DifferencingDevice,
    Encrypted,
}
