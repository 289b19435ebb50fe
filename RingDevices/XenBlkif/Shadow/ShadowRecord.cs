using System.Runtime.InteropServices;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>A request that was consumed and whose response may not have been published, as it lies in the shadow.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal unsafe struct ShadowRecord
{
    internal const int Size = 128;

    /// <summary>One of <see cref="ShadowState"/>.</summary>
    internal int State;

    /// <summary>Its index in the ring of requests.</summary>
    internal uint Index;

    /// <summary>The index of its response, once there is one.</summary>
    internal uint ResponseIndex;

    /// <summary>The response's status.</summary>
    internal int Status;

    /// <summary>The request, in the guest's layout.</summary>
    internal fixed byte Request[BlkifLimits.MaxRequestSize];
}
