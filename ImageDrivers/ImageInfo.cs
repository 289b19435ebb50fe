namespace Tapvisor.ImageDrivers;

/// <summary>What an open image is.</summary>
/// <param name="Length">Bytes; a multiple of 512.</param>
/// <param name="SectorSize">Bytes of a logical sector as the guest is told: 512, or 4096 on 4Kn devices.</param>
/// <param name="Alignment">What requests to this driver must be multiples of, in bytes (a power of two; 1 where anything goes).</param>
/// <param name="IsReadOnly">Writes are refused before they come here.</param>
/// <param name="Flags">The <c>info</c> word of upstream's image message (td_disk_info_t): 0 for disks.</param>
public sealed record ImageInfo(long Length, int SectorSize, int Alignment, bool IsReadOnly, uint Flags = 0)
{
    /// <summary>Bytes of the sectors that messages and the PV block interface count in, whatever the device's are.</summary>
    public const int SectorBytes = 512;

    /// <summary>Length in sectors of 512 bytes.</summary>
    public long Sectors => Length / SectorBytes;
}
