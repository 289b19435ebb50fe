using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Resizing;

/// <summary>
/// Holds what a resize overwrites, in a file or volume of its own (libvhd-journal.c). While there is something in it the disk is disabled.
/// The order of the steps lets `revert' put things right after a crash between any two of them.
/// </summary>
internal sealed class ResizeJournal : IDisposable
{
    private readonly VhdImageFile _file;
    private readonly JournalHeader _header;

    private ResizeJournal(VhdImageFile file, VhdImage image, JournalHeader header) => (_file, Image, _header) = (file, image, header);

    public VhdImage Image { get; }

    /// <summary>Saves the metadata of an open disk and disables it. The journal then owns the disk.</summary>
    /// <exception cref="BlockException">EEXIST: the journal's file exists.</exception>
    public static ResizeJournal Create(VhdImage image, string path)
    {
        if (File.Exists(path) && !FileStatus.Of(path).IsBlockDevice)
            throw new BlockException(BlockErrorKind.InvalidArgument, Errno.EEXIST, $"The journal '{path}' already exists.");
        if (image.Footers.Tail is not { IsValid: true } tail || !tail.Bytes.SequenceEqual(image.Footer.Bytes))
            image.WriteFooter();
        ResizeJournal journal = new(
            VhdImageFile.Open(path, ImageAccess.Create), image, new JournalHeader(image.Footer.Uuid, image.File.Length - FooterSize));
        try
        {
            journal.WriteHeader();
            journal.SaveMetadata();
            journal._file.Sync();
            image.Footer.SetDisabled(true);
            image.WriteFooter();
            image.File.Sync();
            return journal;
        }
        catch
        {
            image.Footer.SetDisabled(false);
            journal.Remove();
            throw;
        }
    }

    /// <summary>Saves a block, before it is moved.</summary>
    public void SaveBlock(int block)
    {
        uint entry = Image.Bat[block];
        Save(JournalEntryType.Data, VhdLayout.BitmapOffset(entry), Image.Layout.BitmapSize);
        Save(JournalEntryType.Data, Image.Layout.DataOffset(entry), Image.Layout.BlockSize);

        // The disk is disabled by now: the header must not tell of entries that a crash may lose.
        _file.Sync();
        WriteHeader();
        _file.Sync();
    }

    /// <summary>The resize is done: there is nothing to undo any more, the disk is enabled, the journal goes.</summary>
    public void Commit()
    {
        Image.File.Sync();
        (_header.DataEntries, _header.MetadataEntries, _header.DataOffset, _header.MetadataOffset) = (0, 0, 0, 0);
        _header.End = JournalHeader.Size;
        WriteHeader();
        _file.Sync();
        Image.Footer.SetDisabled(false);
        Image.WriteFooter();
        Image.File.Sync();
        Remove();
    }

    /// <summary>Undoes what was begun, as `revert' does.</summary>
    public void Revert()
    {
        JournalReplay.Apply(_file, Image.File);
        Remove();
    }

    public void Dispose()
    {
        Image.Dispose();
        _file.Dispose();
    }

    private void SaveMetadata()
    {
        VhdImage image = Image;
        Append(JournalEntryType.PrimaryFooter, _header.FooterOffset, image.Footer.Bytes);
        if (image.Footer.IsSparse)
        {
            Append(JournalEntryType.FooterCopy, 0, image.Footer.Bytes);
            Append(JournalEntryType.Header, (long)image.Footer.DataOffset, image.Header.Bytes);
            for (int i = 0; i < LocatorCount; i++)
                if (image.Header.GetLocator(i) is { IsUsed: true, Space: > 0 } locator)
                    Save(JournalEntryType.Locator, (long)locator.DataOffset, checked((int)locator.Space));
            Save(JournalEntryType.Bat, image.Layout.BatOffset, checked((int)image.Layout.BatSize));
            if (image.Metadata.BatmapHeader is { } batmap)
            {
                Append(JournalEntryType.BatmapHeader, image.Layout.BatEnd, batmap.Bytes);
                Save(JournalEntryType.BatmapMap, (long)batmap.Offset, checked((int)batmap.Sectors << VHD_SECTOR_SHIFT));
            }
        }

        _header.DataOffset = _header.End;
        WriteHeader();
    }

    private void Save(JournalEntryType type, long offset, int length)
    {
        using AlignedBuffer buffer = new(length);
        Image.File.ReadPadded(offset, buffer.Span);
        Append(type, offset, buffer.Span);
    }

    private void Append(JournalEntryType type, long offset, ReadOnlySpan<byte> data)
    {
        // Entries take 32 bytes, and so nothing behind the first one is aligned: written together with the tail of what precedes.
        long end = _header.End;
        int skip = (int)(end % VHD_SECTOR_SIZE);
        int size = skip + JournalEntry.Size + data.Length;
        using AlignedBuffer buffer = new((int)VhdLayout.PadToSector((ulong)size));
        _file.ReadPadded(end - skip, buffer.Span[..skip]);
        JournalEntry.For(type, offset, data).Write(buffer.Span[skip..]);
        data.CopyTo(buffer.Span[(skip + JournalEntry.Size)..]);
        _file.Write(end - skip, buffer.Span);
        _header.End = end + JournalEntry.Size + data.Length;
        if (type == JournalEntryType.Data)
            _header.DataEntries++;
        else if (_header.MetadataEntries++ == 0)
            _header.MetadataOffset = end;
    }

    private void WriteHeader() => _file.Write(0, _header.Bytes);

    private void Remove()
    {
        if (!_file.IsBlockDevice)
            VhdImageFile.Delete(_file.Path);
    }
}
