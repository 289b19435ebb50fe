namespace Tapvisor.RingDevices.XenBlkif.Wire;

/// <summary>How a guest lays out its ring (upstream include/xen_blkif.h).</summary>
internal enum BlkifProtocol : uint
{
    /// <summary>As this machine does, which has 64 bits.</summary>
    Native = 1,

    /// <summary>As 32-bit x86 does, where 64-bit numbers are aligned to 4 bytes.</summary>
    X86_32 = 2,

    /// <summary>As 64-bit x86 does.</summary>
    X86_64 = 3,
}
