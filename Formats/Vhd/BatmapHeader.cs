using Tapvisor.Formats.Crypto;
using static System.Buffers.Binary.BinaryPrimitives;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>The header of upstream's batmap, struct dd_batmap_hdr: 512 bytes, big-endian, kept as they are.</summary>
public sealed class BatmapHeader
{
    private const int KeyHashField = 29;
    private readonly byte[] _bytes = new byte[BatmapHeaderSize];

    /// <param name="bytes">512 of them.</param>
    public BatmapHeader(ReadOnlySpan<byte> bytes) => bytes[..BatmapHeaderSize].CopyTo(_bytes);

    /// <summary>A new one, of the current version.</summary>
    /// <param name="offset">Byte of the map.</param>
    /// <param name="sectors">Sectors of the map.</param>
    public BatmapHeader(ulong offset, uint sectors)
    {
        VHD_BATMAP_COOKIE.CopyTo(_bytes);
        (Offset, Sectors) = (offset, sectors);
        WriteUInt32BigEndian(_bytes.AsSpan(20), VHD_BATMAP_CURRENT_VERSION);
    }

    /// <summary>The 512 bytes as they are on disk.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool HasCookie => _bytes.AsSpan(0, 8).SequenceEqual(VHD_BATMAP_COOKIE);

    /// <summary>Byte of the map.</summary>
    public ulong Offset
    {
        get => ReadUInt64BigEndian(_bytes.AsSpan(8));
        set => WriteUInt64BigEndian(_bytes.AsSpan(8), value);
    }

    /// <summary>Sectors of the map.</summary>
    public uint Sectors
    {
        get => ReadUInt32BigEndian(_bytes.AsSpan(16));
        set => WriteUInt32BigEndian(_bytes.AsSpan(16), value);
    }

    public uint Version => ReadUInt32BigEndian(_bytes.AsSpan(20));

    /// <summary>Of the map.</summary>
    public uint Checksum
    {
        get => ReadUInt32BigEndian(_bytes.AsSpan(24));
        set => WriteUInt32BigEndian(_bytes.AsSpan(24), value);
    }

    /// <summary>A byte for whoever wants it (`vhd-util set -f marker`).</summary>
    public byte Marker
    {
        get => _bytes[28];
        set => _bytes[28] = value;
    }

    /// <summary>The key's hash; null when the disk is not encrypted.</summary>
    public KeyHash? KeyHash
    {
        get => KeyHash.Read(_bytes.AsSpan(KeyHashField));
        set
        {
            _bytes.AsSpan(KeyHashField, KeyHash.Size).Clear();
            value?.Write(_bytes.AsSpan(KeyHashField));
        }
    }

    /// <summary>Cookie and version are right (libvhd.c, vhd_validate_batmap_header).</summary>
    public bool IsValid => HasCookie && Version <= VHD_BATMAP_CURRENT_VERSION;

    public BatmapHeader Clone() => new(_bytes);
}
