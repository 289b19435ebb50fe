using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// The bytes of a new, empty disk, which are upstream's (libvhd.c, __vhd_create): copy of the footer, header, BAT, batmap's header, batmap,
/// parent locators. To be written in this order, the footers last, so that what is half-written is no VHD.
/// </summary>
public sealed class VhdCreation
{
    private VhdCreation(VhdFooter footer, List<FileWrite> writes, long end) => (Footer, Writes, EndOfHeaders) = (footer, writes, end);

    /// <summary>The footer; it also belongs at <see cref="EndOfHeaders"/>, or in the last sector of a device.</summary>
    public VhdFooter Footer { get; }

    /// <summary>What to write before the last sector.</summary>
    public IReadOnlyList<FileWrite> Writes { get; }

    /// <summary>The byte after all of it.</summary>
    public long EndOfHeaders { get; }

    /// <exception cref="BlockException">The disk would be too large, or the parent's name too long.</exception>
    public static VhdCreation Plan(string name, VhdSpecification specification)
    {
        if (specification.VirtualSize > VhdLimits.MaxVirtualSize)
            throw VhdErrors.TooLarge(name, specification.VirtualSize);
        if (specification.MetadataSize > VhdLimits.MaxMetadataSize)
            throw VhdErrors.TooLarge(name, specification.MetadataSize);

        VhdFooter footer = VhdFooter.Create(
            specification.Parent is null ? HD_TYPE_DYNAMIC : HD_TYPE_DIFF,
            specification.VirtualSize, specification.Uuid, specification.Timestamp);
        VhdHeader header = VhdHeader.Create(BlocksOf(Math.Max(specification.VirtualSize, specification.MetadataSize)));
        VhdLayout layout = new(footer, header);
        long mapOffset = layout.BatEnd + BatmapHeaderSize;
        byte[] map = new byte[VhdLayout.PadToSector((header.MaxBatSize + 7) >> 3)];
        BatmapHeader batmap = new((ulong)mapOffset, (uint)map.Length >> VHD_SECTOR_SHIFT)
        {
            KeyHash = specification.KeyHash,
            Checksum = uint.MaxValue,
        };
        List<FileWrite> writes =
        [
            new(mapOffset, map),
            new(layout.BatEnd, batmap.Bytes.ToArray()),
            new(layout.BatOffset, EmptyBat(layout, header.MaxBatSize)),
        ];

        long end = mapOffset + map.Length;
        if (specification.Parent is { } parent)
            end = SetParent(name, header, parent, end, writes);
        header.Seal();
        writes.Add(new(0, footer.Bytes.ToArray()));
        writes.Add(new(FooterSize, header.Bytes.ToArray()));
        return new VhdCreation(footer, writes, end);
    }

    /// <summary>Blocks of 2 MiB that hold this many bytes.</summary>
    public static uint BlocksOf(ulong size) => (uint)((size + DD_BLOCKSIZE_DEFAULT - 1) / DD_BLOCKSIZE_DEFAULT);

    private static byte[] EmptyBat(VhdLayout layout, uint entries)
    {
        byte[] bat = new byte[layout.BatSize];
        bat.AsSpan(0, (int)entries * sizeof(uint)).Fill(0xFF);
        return bat;
    }

    private static long SetParent(string name, VhdHeader header, ParentLink parent, long end, List<FileWrite> writes)
    {
        header.ParentUuid = parent.Uuid;
        header.ParentTimestamp = parent.Timestamp;
        if (!ParentPath.TryEncodeName(parent.Name, header.ParentName))
            throw VhdErrors.Invalid($"The parent's name '{parent.Name}' is too long for the header of '{name}'.", Errno.ENAMETOOLONG);
        ReadOnlySpan<uint> codes = [PLAT_CODE_MACX, PLAT_CODE_W2KU, PLAT_CODE_W2RU];
        for (int i = 0; i < codes.Length; i++)
        {
            byte[] path = ParentPath.Encode(codes[i], parent.Path);
            byte[] sectors = new byte[VhdLayout.PadToSector((ulong)path.Length)];
            path.CopyTo(sectors, 0);
            header.SetLocator(i, new ParentLocator(codes[i], (uint)sectors.Length, (uint)path.Length, 0, (ulong)end));
            writes.Add(new(end, sectors));
            end += sectors.Length;
        }

        return end;
    }
}
