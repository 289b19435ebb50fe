using static System.Buffers.Binary.BinaryPrimitives;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// The header of the journal that makes a resize revocable (libvhd-journal.h, vhd_journal_header): 512 bytes, big-endian but for the end of
/// the journal, which upstream stores in the machine's order; here it is little-endian, as on every machine that runs Xen's tools.
/// </summary>
public sealed class JournalHeader
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 512;

    private readonly byte[] _bytes = new byte[Size];

    /// <param name="bytes">512 of them.</param>
    public JournalHeader(ReadOnlySpan<byte> bytes) => bytes[..Size].CopyTo(_bytes);

    /// <summary>A new journal's.</summary>
    /// <param name="uuid">The disk's.</param>
    /// <param name="footerOffset">Where its last sector is.</param>
    public JournalHeader(Guid uuid, long footerOffset)
    {
        Cookie.CopyTo(_bytes);
        uuid.TryWriteBytes(_bytes.AsSpan(8, 16), bigEndian: true, out _);
        WriteInt64BigEndian(_bytes.AsSpan(24), footerOffset);
        End = Size;
    }

    public static ReadOnlySpan<byte> Cookie => "vjournal"u8;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool HasCookie => _bytes.AsSpan(0, 8).SequenceEqual(Cookie);

    public Guid Uuid => new(_bytes.AsSpan(8, 16), bigEndian: true);

    /// <summary>Where the disk's last sector was; its file was that and 512 bytes long.</summary>
    public long FooterOffset => ReadInt64BigEndian(_bytes.AsSpan(24));

    public uint DataEntries
    {
        get => ReadUInt32BigEndian(_bytes.AsSpan(32));
        set => WriteUInt32BigEndian(_bytes.AsSpan(32), value);
    }

    public uint MetadataEntries
    {
        get => ReadUInt32BigEndian(_bytes.AsSpan(36));
        set => WriteUInt32BigEndian(_bytes.AsSpan(36), value);
    }

    public long DataOffset
    {
        get => ReadInt64BigEndian(_bytes.AsSpan(40));
        set => WriteInt64BigEndian(_bytes.AsSpan(40), value);
    }

    public long MetadataOffset
    {
        get => ReadInt64BigEndian(_bytes.AsSpan(48));
        set => WriteInt64BigEndian(_bytes.AsSpan(48), value);
    }

    /// <summary>The byte behind the last entry.</summary>
    public long End
    {
        get => ReadInt64LittleEndian(_bytes.AsSpan(56));
        set => WriteInt64LittleEndian(_bytes.AsSpan(56), value);
    }
}
