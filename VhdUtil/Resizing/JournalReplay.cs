using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Resizing;

/// <summary>
/// Puts back what a journal holds. Nothing is written before all of it was read and found sound; the footers, which enable the disk, come
/// last, so that a replay that is interrupted can be repeated.
/// </summary>
internal static class JournalReplay
{
    /// <summary>No VHD's file is longer: 32 bits of sectors.</summary>
    private const long MaxOffset = 1L << (32 + VHD_SECTOR_SHIFT);

    /// <exception cref="BlockException">The journal is damaged or of another disk.</exception>
    public static void Apply(VhdImageFile journal, VhdImageFile image)
    {
        JournalHeader header = ReadHeader(journal);
        CheckIdentity(journal, image, header);
        if (header.MetadataEntries == 0 && header.DataEntries == 0)
        {
            Enable(image);
            return;
        }

        long length = checked(header.FooterOffset + FooterSize);
        List<(JournalEntry Entry, long At)> entries = ReadEntries(journal, header, length);
        bool IsFooter((JournalEntry Entry, long At) e) => e.Entry.Type is JournalEntryType.PrimaryFooter or JournalEntryType.FooterCopy;

        // What the file system has no room for fails before anything is changed.
        image.Truncate(Math.Max(length, image.Length));

        // The oldest version of what was saved twice must win.
        foreach ((JournalEntry entry, long at) in entries.Where(e => !IsFooter(e)).Reverse())
            Restore(journal, image, entry, at);
        image.Truncate(length);
        image.Sync();
        foreach ((JournalEntry entry, long at) in entries.Where(IsFooter))
            Restore(journal, image, entry, at);
        image.Truncate(length);
        image.Sync();
    }

    private static JournalHeader ReadHeader(VhdImageFile journal)
    {
        byte[] bytes = new byte[JournalHeader.Size];
        if (journal.ReadUpTo(0, bytes) < bytes.Length || new JournalHeader(bytes) is not { HasCookie: true } header)
            throw VhdErrors.Corrupt(journal.Path, "it is no journal");
        if (header.End < JournalHeader.Size || header.End > journal.Length)
            throw VhdErrors.Corrupt(journal.Path, $"the journal should end at {header.End}, but has {journal.Length} bytes");
        if (header.FooterOffset is < 0 or > MaxOffset)
            throw VhdErrors.Corrupt(journal.Path, $"the journal says that the disk's footer was at {header.FooterOffset}");
        return header;
    }

    private static void CheckIdentity(VhdImageFile journal, VhdImageFile image, JournalHeader header)
    {
        foreach (long offset in (ReadOnlySpan<long>)[0, image.Length - FooterSize])
        {
            byte[] bytes = new byte[FooterSize];
            if (offset < 0 || image.ReadUpTo(offset, bytes) < bytes.Length || new VhdFooter(bytes) is not { IsValid: true } footer)
                continue;
            if (footer.Uuid == header.Uuid)
                return;
        }

        throw VhdErrors.Invalid($"The journal '{journal.Path}' belongs to the disk {header.Uuid}, which '{image.Path}' is not.");
    }

    private static List<(JournalEntry Entry, long At)> ReadEntries(VhdImageFile journal, JournalHeader header, long length)
    {
        List<(JournalEntry, long)> entries = [];
        byte[] bytes = new byte[JournalEntry.Size];
        for (long at = JournalHeader.Size; entries.Count < (long)header.MetadataEntries + header.DataEntries;)
        {
            journal.ReadPadded(at, bytes);
            at += JournalEntry.Size;
            if (JournalEntry.Read(bytes) is not { } entry || entry.Length > header.End - at)
                throw VhdErrors.Corrupt(journal.Path, $"the journal's entry {entries.Count} at {at - JournalEntry.Size} is none");
            if (entry.Offset is < 0 or > MaxOffset || entry.Offset % VHD_SECTOR_SIZE != 0
                || (entry.Type != JournalEntryType.Data && entry.Offset > length - entry.Length))
                throw VhdErrors.Corrupt(
                    journal.Path, $"the journal's entry {entries.Count} belongs at {entry.Offset}, outside the disk's {length} bytes");
            using AlignedBuffer data = ReadData(journal, entry, at);
            if (!entry.IsOf(data.Span))
                throw VhdErrors.Corrupt(journal.Path, $"the checksum of the journal's entry {entries.Count} is wrong");
            entries.Add((entry, at));
            at += entry.Length;
        }

        return entries;
    }

    private static AlignedBuffer ReadData(VhdImageFile journal, JournalEntry entry, long at)
    {
        AlignedBuffer data = new(checked((int)entry.Length));
        journal.ReadPadded(at, data.Span);
        return data;
    }

    private static void Restore(VhdImageFile journal, VhdImageFile image, JournalEntry entry, long at)
    {
        using AlignedBuffer data = ReadData(journal, entry, at);
        image.Write(entry.Offset, data.Span);
    }

    /// <summary>The resize was done; only enabling the disk was not.</summary>
    private static void Enable(VhdImageFile file)
    {
        using VhdMetadata metadata = Images.VhdImage.Load(
            file, VhdLoadOptions.IgnoreDisabled | VhdLoadOptions.Bat | VhdLoadOptions.BatmapHeader, out _);
        if (!metadata.Footer.IsDisabled)
            return;
        metadata.Footer.SetDisabled(false);
        long offset = file.IsBlockDevice ? file.Length - FooterSize : metadata.EndOfData;
        file.Write(offset, metadata.Footer.Bytes);
        file.Truncate(offset + FooterSize);
        if (metadata.Footer.IsSparse)
            file.Write(0, metadata.Footer.Bytes);
        file.Sync();
    }
}
