using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// Upstream's batmap: for each block a bit that says that all of its sectors are in this file, so that its bitmap need not be read. Only
/// what the checksum covers counts: upstream neither reads nor writes the rest (libvhd.c, vhd_checksum_batmap).
/// </summary>
public sealed class Batmap
{
    private readonly byte[] _map;

    /// <param name="header">Its header.</param>
    /// <param name="virtualSize">The disk's size, from which the checksum's extent follows.</param>
    public Batmap(BatmapHeader header, ulong virtualSize)
    {
        Header = header;
        _map = new byte[ChecksummedBytes(virtualSize)];
    }

    public BatmapHeader Header { get; }

    /// <summary>The map, as far as it counts.</summary>
    public Span<byte> Map => _map;

    /// <summary>What the header's checksum should be.</summary>
    public uint ComputedChecksum => Header.Version == VHD_BATMAP_VERSION_1_1 ? VhdChecksum.ComputeSigned(_map) : VhdChecksum.Compute(_map);

    /// <summary>
    /// Bytes of the map that the checksum of a disk of this size covers: a bit for every 2 MiB, rounded down, then up to sectors.
    /// </summary>
    public static int ChecksummedBytes(ulong virtualSize) => (int)VhdLayout.PadToSector(virtualSize >> 24);

    /// <summary>Whether all of the block's sectors are in this file; false where that is not known.</summary>
    public bool IsFull(int block) => block >> 3 < _map.Length && SectorBitmap.Test(_map, block);

    public void SetFull(int block)
    {
        if (block >> 3 < _map.Length)
            SectorBitmap.Set(_map, block);
    }

    public void SetNotFull(int block)
    {
        if (block >> 3 < _map.Length)
            SectorBitmap.Clear(_map, block);
    }

    /// <summary>Computes the header's checksum; to be done after changes, before writing.</summary>
    public void Seal() => Header.Checksum = ComputedChecksum;
}
