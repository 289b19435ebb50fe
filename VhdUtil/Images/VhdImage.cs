using Tapvisor.Formats.Parents;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Images;

/// <summary>An open VHD: its file and its metadata, which change together only through this class.</summary>
internal sealed class VhdImage : IDisposable
{
    private VhdImage(VhdImageFile file, VhdMetadata metadata, FooterPair footers) => (File, Metadata, Footers) = (file, metadata, footers);

    public VhdImageFile File { get; }

    public string Path => File.Path;

    public VhdMetadata Metadata { get; private set; }

    public FooterPair Footers { get; }

    /// <summary>
    /// The batmap's checksum was wrong, as when it was being written while the power failed. One without bits, which is as good as any,
    /// takes its place where the disk is opened for writing.
    /// </summary>
    public bool HasLostBatmap { get; private init; }

    public VhdFooter Footer => Metadata.Footer;

    public VhdHeader Header => Metadata.Header;

    public VhdLayout Layout => Metadata.Layout;

    public BlockAllocationTable Bat => Metadata.RequireBat();

    /// <exception cref="BlockException">It cannot be opened, or is no VHD.</exception>
    public static VhdImage Open(string path, ImageAccess access, VhdLoadOptions options)
    {
        VhdImageFile file = VhdImageFile.Open(path, access);
        try
        {
            VhdMetadata metadata = Load(file, options, out FooterPair footers);

            bool isLost = options.HasFlag(VhdLoadOptions.Batmap) && metadata is { BatmapHeader: not null, Batmap: null };
            if (isLost && access == ImageAccess.ReadWrite)
                metadata.Batmap = new Batmap(metadata.BatmapHeader!, metadata.VirtualSize);
            return new VhdImage(file, metadata, footers) { HasLostBatmap = isLost };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Loads the metadata of an open file.</summary>
    public static VhdMetadata Load(VhdImageFile file, VhdLoadOptions options, out FooterPair footers)
    {
        VhdLoader loader = new(file.Path, file.Length, options);
        using AlignedBuffer buffer = new(VhdLimits.LoaderReadSize);
        while (loader.Next(out FileRange range))
            loader.Accept(buffer.Span[..file.ReadUpTo(range.Offset, buffer.Span[..range.Length])]);
        footers = loader.Footers!;
        return loader.Result;
    }

    /// <summary>Loads the metadata again, after changes that did not go through this object.</summary>
    public void Reload(VhdLoadOptions options)
    {
        VhdMetadata metadata = Load(File, options, out _);
        Metadata.Dispose();
        Metadata = metadata;
    }

    /// <summary>The bitmap of a block that is in the file.</summary>
    public byte[] ReadBitmap(int block)
    {
        byte[] map = new byte[Layout.BitmapSize];
        if (File.ReadUpTo(VhdLayout.BitmapOffset(Bat[block]), map) < map.Length)
            throw VhdErrors.Corrupt(Path, $"it ends before the bitmap of block {block}");
        return map;
    }

    /// <summary>The paths that the locators hold, in their order.</summary>
    public IReadOnlyList<string> ReadParentNames()
    {
        List<string> names = [];
        for (int i = 0; i < LocatorCount; i++)
            if (ReadLocator(Header.GetLocator(i)) is { } name)
                names.Add(name);
        return names;
    }

    /// <summary>The path that a locator holds, or null.</summary>
    public string? ReadLocator(ParentLocator locator)
    {
        if (!ParentResolver.TryGetRange(locator, File.Length, out FileRange range))
            return null;
        byte[] path = new byte[range.Length];
        return File.ReadUpTo(range.Offset, path) == path.Length ? ParentPath.Decode(locator.Code, path) : null;
    }

    /// <summary>The parent's file.</summary>
    /// <exception cref="BlockException">EINVAL: the disk has none; else it cannot be found.</exception>
    public string FindParent() => Footer.IsDifferencing
        ? HostNames.Parents.Resolve(Path, ReadParentNames())
        : throw VhdErrors.Unsupported(Path, "is no differencing disk and has no parent");

    /// <summary>
    /// Writes the footer behind the data and its copy to the beginning; a file ends with it (libvhd.c, vhd_write_footer).
    /// </summary>
    public void WriteFooter()
    {
        Footer.Seal();
        long offset = File.IsBlockDevice ? File.Length - FooterSize : FooterOffset;
        File.Write(offset, Footer.Bytes);
        File.Truncate(offset + FooterSize);
        WriteFooterCopy();
    }

    /// <summary>Where a file's footer belongs; a fixed disk's file may have been resized since it was opened.</summary>
    private long FooterOffset =>
        Footer.IsFixed ? (long)VhdLayout.PadToSector((ulong)File.Length) - FooterSize : Metadata.EndOfData;

    /// <summary>Writes the footer's copy at the beginning, if the disk has one.</summary>
    public void WriteFooterCopy()
    {
        Footer.Seal();
        if (Footer.IsSparse)
            File.Write(0, Footer.Bytes);
    }

    public void WriteHeader()
    {
        Header.Seal();
        File.Write((long)Footer.DataOffset, Header.Bytes);
    }

    /// <summary>Writes the sectors of the BAT that hold the entries of a range of blocks.</summary>
    public void WriteBat(int first, int count)
    {
        const int perSector = BlockAllocationTable.EntriesPerSector;
        int from = first / perSector * perSector;
        byte[] bytes = new byte[VhdLayout.PadToSector((ulong)(first + count - from) * sizeof(uint))];
        Bat.Write(from, bytes, Header.MaxBatSize);
        File.Write(Layout.BatSectorOffset(first), bytes);
    }

    public void WriteBat() => WriteBat(0, Bat.Count);

    /// <summary>Writes the batmap and then its header, if there is one.</summary>
    public void WriteBatmap()
    {
        if (Metadata.Batmap is not { } batmap)
            return;
        batmap.Seal();
        File.Write((long)batmap.Header.Offset, batmap.Map);
        WriteBatmapHeader();
    }

    public void WriteBatmapHeader() => File.Write(Layout.BatEnd, Metadata.BatmapHeader!.Bytes);

    public void Dispose()
    {
        Metadata.Dispose();
        File.Dispose();
    }
}
