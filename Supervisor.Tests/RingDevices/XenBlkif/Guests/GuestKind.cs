namespace Tapvisor.Tests.RingDevices.XenBlkif.Guests;

/// <summary>
/// Where the ring suite runs: on the loopback, or with TAPVISOR_XEN_DEVICES=1 in a dom0 on Xen's own devices (modules xen-gntdev,
/// xen-gntalloc and xen-evtchn).
/// </summary>
internal static class GuestKind
{
    internal static bool IsXen { get; } = Environment.GetEnvironmentVariable("TAPVISOR_XEN_DEVICES") == "1";

    internal static IGuest New() => IsXen ? new XenGuest() : new LoopbackGuest();
}
