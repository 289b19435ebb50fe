using static System.Buffers.Binary.BinaryPrimitives;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// What precedes preserved bytes in a journal (libvhd-journal.c, vhd_journal_entry): 32 bytes, big-endian, the last four of them padding
/// that the checksum covers and upstream leaves to chance.
/// </summary>
/// <param name="Type">What the bytes are.</param>
/// <param name="Length">How many follow; whole sectors.</param>
/// <param name="Offset">Where in the disk's file they were.</param>
/// <param name="Checksum">Ones' complement of the sum of the entry's and the bytes' bytes.</param>
/// <param name="Padding">As found.</param>
public readonly record struct JournalEntry(JournalEntryType Type, uint Length, long Offset, uint Checksum, uint Padding)
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 32;

    private const ulong Cookie = 0xAAAA12344321AAAA;
    private const int ChecksumField = 24;

    /// <summary>An entry for bytes that are about to be overwritten.</summary>
    public static JournalEntry For(JournalEntryType type, long offset, ReadOnlySpan<byte> data)
    {
        JournalEntry entry = new(type, (uint)data.Length, offset, 0, 0);
        return entry with { Checksum = entry.Compute(data) };
    }

    /// <summary>Reads an entry; null when it is none.</summary>
    public static JournalEntry? Read(ReadOnlySpan<byte> bytes)
    {
        uint length = ReadUInt32BigEndian(bytes[12..]);
        return ReadUInt64BigEndian(bytes) == Cookie && length != 0 && length % VHD_SECTOR_SIZE == 0
            ? new JournalEntry(
                (JournalEntryType)ReadUInt32BigEndian(bytes[8..]), length, ReadInt64BigEndian(bytes[16..]),
                ReadUInt32BigEndian(bytes[ChecksumField..]), ReadUInt32BigEndian(bytes[28..]))
            : null;
    }

    public void Write(Span<byte> bytes)
    {
        WriteUInt64BigEndian(bytes, Cookie);
        WriteUInt32BigEndian(bytes[8..], (uint)Type);
        WriteUInt32BigEndian(bytes[12..], Length);
        WriteInt64BigEndian(bytes[16..], Offset);
        WriteUInt32BigEndian(bytes[ChecksumField..], Checksum);
        WriteUInt32BigEndian(bytes[28..], Padding);
    }

    /// <summary>Whether the bytes are those that were preserved.</summary>
    public bool IsOf(ReadOnlySpan<byte> data) => Checksum == Compute(data);

    private uint Compute(ReadOnlySpan<byte> data)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return ~(~VhdChecksum.Compute(bytes, ChecksumField) + ~VhdChecksum.Compute(data));
    }
}
