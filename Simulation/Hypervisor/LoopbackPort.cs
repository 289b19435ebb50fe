using System.Runtime.InteropServices;

namespace Tapvisor.Simulation.Hypervisor;

/// <summary>
/// An event channel between a guest and a backend. Each end has what Xen keeps for it: whether an event is pending, and whether it is
/// masked, so that an event is reported once until it is taken and unmasked.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct LoopbackPort
{
    /// <summary>Not 0: the guest has it open to the backend.</summary>
    internal int IsOpen;

    /// <summary>The guest's end.</summary>
    internal int Pending;
    internal int Masked;

    /// <summary>The backend's end, valid while some process holds it.</summary>
    internal int BackendPending;
    internal int BackendMasked;
    internal uint BackendPort;

    /// <summary>Which queue the backend's events go to; 0 for none.</summary>
    internal int BackendPid;
    internal int BackendNumber;
}
