using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// Cylinders, heads and sectors per track. Informative: a disk's size is the footer's, though other software computes it from these.
/// </summary>
public readonly record struct DiskGeometry(ushort Cylinders, byte Heads, byte SectorsPerTrack)
{
    private const uint MaxSectors = 65535 * 16 * 255;

    /// <summary>Unpacks the footer's field: cylinders in 16 bits, heads in 8, sectors in 8.</summary>
    public DiskGeometry(uint packed)
        : this((ushort)(packed >> 16), (byte)(packed >> 8), (byte)packed)
    {
    }

    /// <summary>The footer's field.</summary>
    public uint Packed => (uint)Cylinders << 16 | (uint)Heads << 8 | SectorsPerTrack;

    /// <summary>Bytes that the geometry spans.</summary>
    public ulong Bytes => (ulong)Cylinders * Heads * SectorsPerTrack << VHD_SECTOR_SHIFT;

    /// <summary>
    /// The specification's appendix "CHS calculation" (libvhd.c, vhd_chs). Upstream wraps at 2 TiB for want of bits; here the largest
    /// geometry stays.
    /// </summary>
    /// <param name="bytes">The disk's size.</param>
    public static DiskGeometry FromSize(ulong bytes)
    {
        uint sectors = (uint)Math.Clamp((bytes + VHD_SECTOR_SIZE - 1) >> VHD_SECTOR_SHIFT, 1, MaxSectors);
        if (sectors >= 65535 * 16 * 63)
            return Of(sectors, 255, 16);

        uint heads = Math.Max(4, (sectors / 17 + 1023) / 1024);
        if (heads <= 16 && sectors / 17 < heads * 1024)
            return Of(sectors, 17, heads);
        return sectors / 31 < 16 * 1024 ? Of(sectors, 31, 16) : Of(sectors, 63, 16);
    }

    private static DiskGeometry Of(uint sectors, uint sectorsPerTrack, uint heads) =>
        new((ushort)(sectors / sectorsPerTrack / heads), (byte)heads, (byte)sectorsPerTrack);
}
