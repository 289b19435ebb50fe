using System.Text;
using static System.Buffers.Binary.BinaryPrimitives;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// The footer, upstream's struct hd_ftr: 512 bytes, big-endian. Fields are read from and written to the bytes themselves, so that whatever
/// else a writer put there survives.
/// </summary>
public sealed class VhdFooter
{
    private const int ChecksumField = 64;
    private readonly byte[] _bytes = new byte[FooterSize];

    /// <param name="bytes">512 of them, or 511 as an old Virtual PC has it.</param>
    public VhdFooter(ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes);

    private VhdFooter()
    {
    }

    /// <summary>The 512 bytes as they are on disk.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>"conectix".</summary>
    public bool HasCookie => _bytes.AsSpan(0, 8).SequenceEqual(HD_COOKIE);

    /// <summary>"v_poison": a journalled operation was interrupted.</summary>
    public bool IsDisabled => _bytes.AsSpan(0, 8).SequenceEqual(VHD_POISON_COOKIE);

    public uint Features => ReadUInt32BigEndian(_bytes.AsSpan(8));

    public uint FileFormatVersion => ReadUInt32BigEndian(_bytes.AsSpan(12));

    /// <summary>Where the header is; all ones for a fixed disk.</summary>
    public ulong DataOffset
    {
        get => ReadUInt64BigEndian(_bytes.AsSpan(16));
        set => WriteUInt64BigEndian(_bytes.AsSpan(16), value);
    }

    /// <summary>See <see cref="VhdTime"/>.</summary>
    public uint Timestamp
    {
        get => ReadUInt32BigEndian(_bytes.AsSpan(24));
        set => WriteUInt32BigEndian(_bytes.AsSpan(24), value);
    }

    /// <summary>Four characters, "tap" and NUL for blktap's.</summary>
    public ReadOnlySpan<byte> CreatorApplication => _bytes.AsSpan(28, 4);

    public uint CreatorVersion => ReadUInt32BigEndian(_bytes.AsSpan(32));

    public uint CreatorOs => ReadUInt32BigEndian(_bytes.AsSpan(36));

    /// <summary>Bytes at creation.</summary>
    public ulong OriginalSize
    {
        get => ReadUInt64BigEndian(_bytes.AsSpan(40));
        set => WriteUInt64BigEndian(_bytes.AsSpan(40), value);
    }

    /// <summary>Bytes of the disk; set it by <see cref="Resize"/>.</summary>
    public ulong CurrentSize => ReadUInt64BigEndian(_bytes.AsSpan(48));

    public DiskGeometry Geometry => new(ReadUInt32BigEndian(_bytes.AsSpan(56)));

    /// <summary>HD_TYPE_*.</summary>
    public uint Type => ReadUInt32BigEndian(_bytes.AsSpan(60));

    public uint Checksum => ReadUInt32BigEndian(_bytes.AsSpan(ChecksumField));

    /// <summary>What the checksum should be.</summary>
    public uint ComputedChecksum => VhdChecksum.Compute(_bytes, ChecksumField);

    /// <summary>By which children know their parent.</summary>
    public Guid Uuid
    {
        get => new(_bytes.AsSpan(68, 16), bigEndian: true);
        set => value.TryWriteBytes(_bytes.AsSpan(68, 16), bigEndian: true, out _);
    }

    public byte Saved => _bytes[84];

    /// <summary>Upstream's extension: a snapshot that nobody uses any more but its children.</summary>
    public byte Hidden
    {
        get => _bytes[85];
        set => _bytes[85] = value;
    }

    public ReadOnlySpan<byte> Reserved => _bytes.AsSpan(86);

    public bool IsFixed => Type == HD_TYPE_FIXED;

    public bool IsDifferencing => Type == HD_TYPE_DIFF;

    /// <summary>Dynamic or differencing: it has a header and a BAT.</summary>
    public bool IsSparse => Type is HD_TYPE_DYNAMIC or HD_TYPE_DIFF;

    /// <summary>Written by blktap or its like, and so with its extensions.</summary>
    public bool IsCreatedByTapdisk => _bytes.AsSpan(28, 3).SequenceEqual("tap"u8);

    /// <summary>Whether there is a batmap; version 1.1 may have one (libvhd.c, vhd_has_batmap).</summary>
    public BatmapPresence Batmap =>
        !IsSparse || !IsCreatedByTapdisk || CreatorVersion <= VHD_VERSION_0_1 ? BatmapPresence.No
        : CreatorVersion >= VHD_VERSION_1_2 ? BatmapPresence.Yes : BatmapPresence.Perhaps;

    /// <summary>Cookie (or poison) and checksum are right.</summary>
    public bool IsValid => (HasCookie || IsDisabled) && IsChecksumValid;

    /// <summary>
    /// The checksum is right, or was before an early td-util set the hidden flag without computing it anew (libvhd.c,
    /// vhd_validate_footer_impl).
    /// </summary>
    public bool IsChecksumValid =>
        Checksum == ComputedChecksum
        || (Hidden != 0 && IsCreatedByTapdisk && CreatorVersion is VHD_VERSION_0_1 or VHD_VERSION_1_1
            && Checksum == ComputedChecksum + Hidden);

    /// <summary>A new disk's footer as upstream writes it, sealed (libvhd.c, vhd_initialize_footer).</summary>
    /// <param name="type">HD_TYPE_*.</param>
    /// <param name="size">Bytes of the disk.</param>
    /// <param name="uuid">Its identity.</param>
    /// <param name="timestamp">When it was created.</param>
    public static VhdFooter Create(uint type, ulong size, Guid uuid, uint timestamp)
    {
        VhdFooter footer = new();
        Span<byte> bytes = footer._bytes;
        HD_COOKIE.CopyTo(bytes);
        WriteUInt32BigEndian(bytes[8..], HD_RESERVED);
        WriteUInt32BigEndian(bytes[12..], HD_FF_VERSION);
        footer.DataOffset = type == HD_TYPE_FIXED ? ulong.MaxValue : FooterSize;
        footer.Timestamp = timestamp;
        "tap"u8.CopyTo(bytes[28..]);
        WriteUInt32BigEndian(bytes[32..], VHD_CURRENT_VERSION);
        footer.OriginalSize = size;
        WriteUInt32BigEndian(bytes[60..], type);
        footer.Uuid = uuid;
        footer.Resize(size);
        return footer;
    }

    /// <summary>Sets size and geometry, and seals.</summary>
    public void Resize(ulong size)
    {
        WriteUInt64BigEndian(_bytes.AsSpan(48), size);
        WriteUInt32BigEndian(_bytes.AsSpan(56), DiskGeometry.FromSize(size).Packed);
        Seal();
    }

    /// <summary>Marks the disk as unusable until a journal is applied, or as usable again, and seals.</summary>
    public void SetDisabled(bool disabled)
    {
        (disabled ? VHD_POISON_COOKIE : HD_COOKIE).CopyTo(_bytes);
        Seal();
    }

    /// <summary>Computes the checksum; to be done after changes, before writing.</summary>
    public void Seal() => VhdChecksum.Seal(_bytes, ChecksumField);

    public VhdFooter Clone() => new(_bytes);

    public override string ToString() => $"{Encoding.Latin1.GetString(_bytes, 0, 8)} type {Type}, {CurrentSize} bytes, {Uuid}";
}
