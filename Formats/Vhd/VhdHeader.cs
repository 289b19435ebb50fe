using static System.Buffers.Binary.BinaryPrimitives;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>The header of a dynamic or differencing disk, upstream's struct dd_hdr: 1024 bytes, big-endian, kept as they are.</summary>
public sealed class VhdHeader
{
    private const int ChecksumField = 36;
    private const int NameField = 64;
    private const int NameSize = 512;
    private const int LocatorField = 576;
    private readonly byte[] _bytes = new byte[HeaderSize];

    /// <param name="bytes">1024 of them.</param>
    public VhdHeader(ReadOnlySpan<byte> bytes) => bytes[..HeaderSize].CopyTo(_bytes);

    private VhdHeader()
    {
    }

    /// <summary>The 1024 bytes as they are on disk.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool HasCookie => _bytes.AsSpan(0, 8).SequenceEqual(DD_COOKIE);

    /// <summary>Unused: all ones.</summary>
    public ulong DataOffset => ReadUInt64BigEndian(_bytes.AsSpan(8));

    /// <summary>Byte at which the BAT is.</summary>
    public ulong TableOffset => ReadUInt64BigEndian(_bytes.AsSpan(16));

    public uint Version => ReadUInt32BigEndian(_bytes.AsSpan(24));

    /// <summary>Entries for which the BAT has room.</summary>
    public uint MaxBatSize
    {
        get => ReadUInt32BigEndian(_bytes.AsSpan(28));
        set => WriteUInt32BigEndian(_bytes.AsSpan(28), value);
    }

    /// <summary>Bytes of data in a block.</summary>
    public uint BlockSize => ReadUInt32BigEndian(_bytes.AsSpan(32));

    public uint Checksum => ReadUInt32BigEndian(_bytes.AsSpan(ChecksumField));

    /// <summary>What the checksum should be.</summary>
    public uint ComputedChecksum => VhdChecksum.Compute(_bytes, ChecksumField);

    /// <summary>The parent's <see cref="VhdFooter.Uuid"/>; empty when the parent is raw.</summary>
    public Guid ParentUuid
    {
        get => new(_bytes.AsSpan(40, 16), bigEndian: true);
        set => value.TryWriteBytes(_bytes.AsSpan(40, 16), bigEndian: true, out _);
    }

    /// <summary>When the parent was last changed; see <see cref="VhdTime"/>.</summary>
    public uint ParentTimestamp
    {
        get => ReadUInt32BigEndian(_bytes.AsSpan(56));
        set => WriteUInt32BigEndian(_bytes.AsSpan(56), value);
    }

    public uint Reserved1 => ReadUInt32BigEndian(_bytes.AsSpan(60));

    /// <summary>The parent's file name, UTF-16BE, filled up with NULs.</summary>
    public Span<byte> ParentName => _bytes.AsSpan(NameField, NameSize);

    public ReadOnlySpan<byte> LocatorBytes => _bytes.AsSpan(LocatorField, LocatorCount * ParentLocator.Size);

    public ReadOnlySpan<byte> Reserved2 => _bytes.AsSpan(768);

    /// <summary>A raw disk below a differencing one.</summary>
    public bool HasRawParent => ParentUuid == Guid.Empty;

    /// <summary>A header as upstream writes it, not yet sealed (libvhd.c, vhd_initialize_header).</summary>
    /// <param name="maxBatSize">Blocks.</param>
    public static VhdHeader Create(uint maxBatSize)
    {
        VhdHeader header = new();
        Span<byte> bytes = header._bytes;
        DD_COOKIE.CopyTo(bytes);
        WriteUInt64BigEndian(bytes[8..], ulong.MaxValue);
        WriteUInt64BigEndian(bytes[16..], FooterSize + HeaderSize);
        WriteUInt32BigEndian(bytes[24..], DD_VERSION);
        header.MaxBatSize = maxBatSize;
        WriteUInt32BigEndian(bytes[32..], DD_BLOCKSIZE_DEFAULT);
        return header;
    }

    public ParentLocator GetLocator(int index) =>
        ParentLocator.Read(_bytes.AsSpan(LocatorField + index * ParentLocator.Size, ParentLocator.Size));

    public void SetLocator(int index, ParentLocator locator) =>
        locator.Write(_bytes.AsSpan(LocatorField + index * ParentLocator.Size, ParentLocator.Size));

    /// <summary>What makes the header unusable, or null (libvhd.c, vhd_validate_header, and limits of our own).</summary>
    public string? FindProblem()
    {
        if (!HasCookie)
            return "it does not begin with 'cxsparse'";
        if (Checksum != ComputedChecksum)
            return $"its checksum is 0x{Checksum:x8} instead of 0x{ComputedChecksum:x8}";
        if (Version != DD_VERSION)
            return $"its version is 0x{Version:x8} instead of 0x{DD_VERSION:x8}";
        if (DataOffset != ulong.MaxValue)
            return $"its data offset is 0x{DataOffset:x16} instead of all ones";
        if (BlockSize is < VhdLimits.MinBlockSize or > VhdLimits.MaxBlockSize || (BlockSize & (BlockSize - 1)) != 0)
            return $"its block size of {BlockSize} is no power of two from {VhdLimits.MinBlockSize} to {VhdLimits.MaxBlockSize}";
        if (TableOffset % VHD_SECTOR_SIZE != 0 || TableOffset > long.MaxValue / 2)
            return $"its BAT offset of {TableOffset} is no multiple of {VHD_SECTOR_SIZE} inside a file";
        for (int i = 0; i < LocatorCount; i++)
            if (!GetLocator(i).IsKnown)
                return $"its parent locator {i} has the unknown code 0x{GetLocator(i).Code:x8}";
        return null;
    }

    /// <summary>Computes the checksum; to be done after changes, before writing.</summary>
    public void Seal() => VhdChecksum.Seal(_bytes, ChecksumField);

    public VhdHeader Clone() => new(_bytes);
}
