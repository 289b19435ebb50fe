namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>Granted pages in our address space.</summary>
/// <param name="Address">The first byte.</param>
/// <param name="Pages">Pages of 4096 bytes.</param>
/// <param name="Index">How the device that mapped them calls them.</param>
public sealed record GrantMapping(nint Address, int Pages, ulong Index);
