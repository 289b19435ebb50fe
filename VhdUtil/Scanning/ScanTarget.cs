namespace Tapvisor.VhdUtil.Scanning;

/// <summary>Something to look at.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Device">What to open.</param>
/// <param name="Start">The byte there at which it begins: not 0 for a logical volume, which is read where it lies on its physical
/// one.</param>
/// <param name="Length">Bytes there; for a file, as of opening.</param>
/// <param name="Size">Bytes, as shown.</param>
/// <param name="IsRaw">A raw parent.</param>
/// <param name="IsVolume">A logical volume.</param>
internal sealed record ScanTarget(string Name, string Device, long Start, long Length, long Size, bool IsRaw, bool IsVolume);
