using static System.Buffers.Binary.BinaryPrimitives;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>Where in the file one form of the parent's path is: upstream's struct prt_loc, 24 bytes, big-endian.</summary>
/// <param name="Code">PLAT_CODE_*.</param>
/// <param name="DataSpace">Room: sectors by the specification, bytes as Microsoft and upstream write it.</param>
/// <param name="DataLength">Bytes of the path.</param>
/// <param name="Reserved">0.</param>
/// <param name="DataOffset">Byte in the file.</param>
public readonly record struct ParentLocator(uint Code, uint DataSpace, uint DataLength, uint Reserved, ulong DataOffset)
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 24;

    public bool IsUsed => Code != PLAT_CODE_NONE;

    /// <summary>Whether the path can be decoded (<see cref="ParentPath"/>).</summary>
    public bool IsReadable => Code is PLAT_CODE_MACX or PLAT_CODE_W2KU or PLAT_CODE_W2RU or PLAT_CODE_WI2R or PLAT_CODE_WI2K;

    /// <summary>Whether the specification names the code.</summary>
    public bool IsKnown => !IsUsed || IsReadable || Code == PLAT_CODE_MAC;

    /// <summary>Bytes of room, 0 when <see cref="DataSpace"/> makes no sense (libvhd.h, vhd_parent_locator_size).</summary>
    public uint Space => DataSpace < VHD_SECTOR_SIZE ? DataSpace * VHD_SECTOR_SIZE : DataSpace % VHD_SECTOR_SIZE == 0 ? DataSpace : 0;

    /// <summary>"MACX" and so on, as `vhd-util read -p` prints it, upstream's slip in the last included.</summary>
    public string CodeName => Code switch
    {
        PLAT_CODE_NONE => "PLAT_CODE_NONE",
        PLAT_CODE_WI2R => "PLAT_CODE_WI2R",
        PLAT_CODE_WI2K => "PLAT_CODE_WI2K",
        PLAT_CODE_W2RU => "PLAT_CODE_W2RU",
        PLAT_CODE_W2KU => "PLAT_CODE_W2KU",
        PLAT_CODE_MAC => "PLAT_CODE_MAC",
        PLAT_CODE_MACX => "PLAT_CODE_MACX",
        _ => "UNKOWN",
    };

    public static ParentLocator Read(ReadOnlySpan<byte> bytes) => new(
        ReadUInt32BigEndian(bytes), ReadUInt32BigEndian(bytes[4..]), ReadUInt32BigEndian(bytes[8..]), ReadUInt32BigEndian(bytes[12..]),
        ReadUInt64BigEndian(bytes[16..]));

    public void Write(Span<byte> bytes)
    {
        WriteUInt32BigEndian(bytes, Code);
        WriteUInt32BigEndian(bytes[4..], DataSpace);
        WriteUInt32BigEndian(bytes[8..], DataLength);
        WriteUInt32BigEndian(bytes[12..], Reserved);
        WriteUInt64BigEndian(bytes[16..], DataOffset);
    }
}
