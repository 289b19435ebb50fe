using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Checking;

/// <summary>The checks of one file, in upstream's order and words (vhd-util-check.c, vhd_util_check_vhd).</summary>
internal sealed class VhdCheck(string path, CheckOptions options)
{
    private bool _primaryMissing;

    /// <summary>With -s, what was counted.</summary>
    public SectorStatistics? Statistics { get; private set; }

    /// <summary>Whether the disk is fixed, of which there is little to check.</summary>
    public bool IsFixed { get; private set; }

    /// <exception cref="CheckFailedException">Something is wrong.</exception>
    /// <exception cref="BlockException">The file cannot be read, or not be understood well enough.</exception>
    public void Run()
    {
        FileStatus status;
        try
        {
            status = FileStatus.Of(path);
        }
        catch (BlockException e)
        {
            throw new CheckFailedException($"cannot stat {path}: {e.Errno}", e.Errno) { IsAboutContent = false };
        }

        if (!status.IsRegular && !status.IsBlockDevice)
            throw new CheckFailedException($"{path} is not a regular file or block device") { IsAboutContent = false };
        using (VhdImageFile file = VhdImageFile.Open(path, ImageAccess.Read))
        {
            VhdFooter footer = CheckFooters(file);
            IsFixed = footer.IsFixed;
            if (IsFixed)
                return;
            CheckHeader(file, footer);
        }

        using VhdImage image = VhdImage.Open(path, ImageAccess.Read, VhdLoadOptions.All | VhdLoadOptions.IgnoreDisabled);
        if (image.Footer.IsFixed)
            throw new CheckFailedException("primary and backup footers do not match");
        Require(HeaderCheck.FindDifferencingProblem(image.Footer, image.Header, options), "differencing header is invalid: ");
        CheckBat(image);
        if (image.Footer.Batmap != BatmapPresence.No)
            CheckBatmap(image);
        if (image.Footer.IsDifferencing)
            new LocatorCheck(image, options).Run();
    }

    private static void Require(string? problem, string prefix)
    {
        if (problem is not null)
            throw new CheckFailedException(prefix + problem);
    }

    private VhdFooter CheckFooters(VhdImageFile file)
    {
        long length = file.Length;
        int size = length % VHD_SECTOR_SIZE != 0 ? ShortFooterSize : FooterSize;
        byte[] bytes = new byte[FooterSize];
        if (length < FooterSize || file.ReadUpTo(length - size, bytes.AsSpan(0, size)) < size)
            throw new CheckFailedException($"error reading primary footer: {-Errno.EIO}", Errno.EIO);
        VhdFooter primary = new(bytes);
        string? problem = FooterCheck.FindProblem(primary, options);
        if (problem is not null)
        {
            _primaryMissing = true;
            if (!options.IgnoreFooter)
                throw new CheckFailedException($"primary footer invalid: {problem}");
        }
        else if (primary.IsFixed)
        {
            return primary;
        }

        file.ReadPadded(0, bytes);
        VhdFooter copy = new(bytes);
        Require(FooterCheck.FindProblem(copy, options), "backup footer invalid: ");
        if (!options.IgnoreFooter && !FooterCheck.Match(primary, copy))
            throw new CheckFailedException("primary and backup footers do not match");
        return copy;
    }

    private static void CheckHeader(VhdImageFile file, VhdFooter footer)
    {
        byte[] bytes = new byte[HeaderSize];
        if (footer.DataOffset > long.MaxValue || file.ReadUpTo((long)footer.DataOffset, bytes) < bytes.Length)
            throw new CheckFailedException($"error reading header: {-Errno.EIO}", Errno.EIO);
        Require(HeaderCheck.FindProblem(new VhdHeader(bytes), file.Length), "header is invalid: ");
    }

    private void CheckBat(VhdImage image)
    {
        VhdLayout layout = image.Layout;
        long length = image.File.Length;
        if (length % VHD_SECTOR_SIZE is not (0 or ShortFooterSize))
            throw new CheckFailedException($"invalid file size: 0x{length:x}");
        long end = ((long)VhdLayout.PadToSector((ulong)length) - FooterSize) >> VHD_SECTOR_SHIFT;
        if (_primaryMissing && options.IgnoreFooter)
            end++;

        // One order for all problems: that of the blocks, headers before footer before overlap.
        int outOfRange = BatCheck.FindOutOfRange(
            image.Bat, image.Metadata.EndOfHeaders >> VHD_SECTOR_SHIFT, end, layout.SectorsPerStoredBlock);
        (int first, int second) = (-1, -1);
        bool overlaps = !options.IgnoreOverlap && BatCheck.FindOverlap(image.Bat, layout.SectorsPerStoredBlock, out first, out second);
        if (outOfRange >= 0 && (!overlaps || outOfRange <= first))
        {
            string what = image.Bat[outOfRange] < image.Metadata.EndOfHeaders >> VHD_SECTOR_SHIFT ? "headers" : "footer";
            throw new CheckFailedException($"block {outOfRange} (offset 0x{image.Bat[outOfRange]:x}) clobbers {what}");
        }

        if (overlaps)
            throw new CheckFailedException(
                $"block {first} (offset 0x{image.Bat[first]:x}) clobbers block {second} (offset 0x{image.Bat[second]:x})");
        if (options.CheckData || options.CollectStatistics)
            CheckBitmaps(image);
    }

    private void CheckBitmaps(VhdImage image)
    {
        VhdLayout layout = image.Layout;
        Statistics = options.CollectStatistics ? new SectorStatistics(path, (long)layout.SectorsPerBlock * image.Bat.Count) : null;
        using AlignedBuffer data = new(layout.BlockSize);
        for (int block = 0; block < image.Bat.Count; block++)
        {
            if (!image.Bat.IsAllocated(block))
                continue;
            byte[] map = image.ReadBitmap(block);
            if (Statistics is { } statistics)
            {
                statistics.Allocated += layout.SectorsPerBlock;
                statistics.Written += SectorBitmap.Count(map, layout.SectorsPerBlock);
                if (layout.SectorsPerBlock % 8 == 0)
                    map.AsSpan(0, layout.SectorsPerBlock / 8).CopyTo(statistics.Map.AsSpan(block * (layout.SectorsPerBlock / 8)));
            }

            if (options.CheckData)
            {
                image.File.ReadPadded(layout.DataOffset(image.Bat[block]), data.Span);
                CheckClearSectors(block, map, data.Span, layout.SectorsPerBlock);
            }
        }
    }

    private static void CheckClearSectors(int block, ReadOnlySpan<byte> map, ReadOnlySpan<byte> data, int sectors)
    {
        for (int sector = -1; (sector = SectorBitmap.Find(map, false, sector + 1, sectors)) < sectors;)
            if (data.Slice(sector << VHD_SECTOR_SHIFT, VHD_SECTOR_SIZE).ContainsAnyExcept((byte)0))
                throw new CheckFailedException($"sector 0x{sector:x} of block 0x{block:x} has data where bitmap is clear");
    }

    private static void CheckBatmap(VhdImage image)
    {
        if (image.Metadata.BatmapHeader is not { } header)
        {
            if (image.Footer.Batmap == BatmapPresence.Yes)
                throw new CheckFailedException($"error reading batmap: {-Errno.EINVAL}");
            return;
        }

        Require(HeaderCheck.FindProblem(header, image.Metadata.Batmap, image.Header.MaxBatSize, image.File.Length), "batmap is invalid: ");
        for (int block = 0; block < image.Bat.Count; block++)
            if (image.Metadata.Batmap!.IsFull(block) && !image.Bat.IsAllocated(block))
                throw new CheckFailedException($"batmap shows unallocated block {block} full");
    }
}
