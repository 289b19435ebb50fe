using System.Diagnostics.CodeAnalysis;
using Tapvisor.Native;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// Reads a file's metadata without doing I/O: whoever drives it, synchronously or on an engine, reads the ranges that <see cref="Next"/>
/// names and hands the bytes to <see cref="Accept"/>. Every value is checked before anything depends on it; nothing larger than the limits
/// is allocated.
/// <code>
/// while (loader.Next(out FileRange range))
///     loader.Accept(read(range));
/// VhdMetadata metadata = loader.Result;
/// </code>
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The result belongs to whoever asks for it.")]
public sealed class VhdLoader
{
    private readonly string _name;
    private readonly long _fileLength;
    private readonly VhdLoadOptions _options;
    private readonly IEnumerator<FileRange> _steps;
    private readonly byte[] _scratch = new byte[VhdLimits.LoaderReadSize];
    private int _length;
    private VhdMetadata? _result;

    /// <param name="name">For error messages.</param>
    /// <param name="fileLength">Bytes of the file or device.</param>
    /// <param name="options">What to load.</param>
    public VhdLoader(string name, long fileLength, VhdLoadOptions options)
    {
        (_name, _fileLength, _options) = (name, fileLength, options);
        _steps = Steps().GetEnumerator();
    }

    /// <summary>Both footers, for whoever wants to tell that they differ.</summary>
    public FooterPair? Footers { get; private set; }

    /// <summary>What was loaded, once <see cref="Next"/> has returned false.</summary>
    public VhdMetadata Result => _result ?? throw new InvalidOperationException("The metadata is not loaded yet.");

    private ReadOnlySpan<byte> Data => _scratch.AsSpan(0, _length);

    /// <summary>The next range to read, of at most <see cref="VhdLimits.LoaderReadSize"/> bytes; false when there is none.</summary>
    /// <exception cref="BlockException">The file is no VHD, is damaged, or uses something unsupported.</exception>
    public bool Next(out FileRange range)
    {
        bool more = _steps.MoveNext();
        range = more ? _steps.Current : default;
        return more;
    }

    /// <summary>Takes what the last range holds; fewer bytes mean that the file ends there.</summary>
    public void Accept(ReadOnlySpan<byte> data)
    {
        data.CopyTo(_scratch);
        _length = data.Length;
    }

    private IEnumerable<FileRange> Steps()
    {
        VhdFooter? tail = null;
        VhdFooter? copy = null;
        if (_fileLength >= FooterSize && !_options.HasFlag(VhdLoadOptions.UseBackupFooter))
        {
            int size = _fileLength % VHD_SECTOR_SIZE == ShortFooterSize ? ShortFooterSize : FooterSize;
            yield return new FileRange(_fileLength - size, size);
            tail = new VhdFooter(Require(size));
        }

        if (_fileLength >= FooterSize)
        {
            yield return new FileRange(0, FooterSize);
            copy = new VhdFooter(Require(FooterSize));
        }

        Footers = new FooterPair(tail, copy);
        FooterVerdict verdict = Footers.Verdict;
        if (verdict == FooterVerdict.None)
            throw VhdErrors.Corrupt(_name, $"neither its last nor its first sector holds a footer ({_fileLength} bytes)");
        VhdFooter footer = verdict == FooterVerdict.Tail ? tail! : copy!;
        if (verdict == FooterVerdict.Contradiction && FindProblem(copy!) is not null)
            (footer, verdict) = (tail!, FooterVerdict.Tail);
        ThrowIf(FindProblem(footer));
        if (footer.IsFixed)
        {
            _result = new VhdMetadata(footer, null, _fileLength);
            yield break;
        }

        yield return new FileRange((long)footer.DataOffset, HeaderSize);
        VhdHeader header = new(Require(HeaderSize));
        BlockException? problem = header.FindProblem() is { } what ? VhdErrors.Corrupt(_name, $"in its header {what}") : null;
        VhdMetadata metadata = new(footer, problem is null ? header : null, _fileLength);
        problem ??= FindLayoutProblem(metadata);
        if (verdict == FooterVerdict.Contradiction && problem is not null)
        {
            ThrowIf(FindProblem(tail!));
            _result = new VhdMetadata(tail!, null, _fileLength);
            yield break;
        }

        ThrowIf(problem);
        if (_options.HasFlag(VhdLoadOptions.BatmapHeader) && footer.Batmap != BatmapPresence.No)
        {
            yield return new FileRange(metadata.Layout.BatEnd, BatmapHeaderSize);
            TakeBatmapHeader(metadata);
        }

        if (_options.HasFlag(VhdLoadOptions.Bat) || verdict == FooterVerdict.Contradiction)
        {
            BlockAllocationTable bat = metadata.Bat = new BlockAllocationTable((int)metadata.Layout.BlockCount);
            int total = (int)VhdLayout.PadToSector((ulong)bat.Count * sizeof(uint));
            for (int at = 0; at < total; at += _scratch.Length)
            {
                yield return new FileRange(metadata.Layout.BatOffset + at, Math.Min(_scratch.Length, total - at));
                bat.Read(at / sizeof(uint), Require(Math.Min(_scratch.Length, total - at)));
            }
        }

        if (verdict == FooterVerdict.Contradiction)
        {
            _result = Arbitrate(metadata, tail!);
            if (_result.Footer.IsFixed)
                yield break;
        }

        if (_options.HasFlag(VhdLoadOptions.Batmap) && metadata.BatmapHeader is { } batmapHeader)
        {
            Batmap batmap = new(batmapHeader, footer.CurrentSize);
            for (int at = 0; at < batmap.Map.Length; at += _scratch.Length)
            {
                int size = Math.Min(_scratch.Length, batmap.Map.Length - at);
                yield return new FileRange((long)batmapHeader.Offset + at, size);
                Require(size).CopyTo(batmap.Map[at..]);
            }

            if (batmap.ComputedChecksum == batmapHeader.Checksum)
                metadata.Batmap = batmap;
            else
                metadata.BatmapProblem = $"the batmap's checksum is 0x{batmapHeader.Checksum:x8} instead of 0x{batmap.ComputedChecksum:x8}";
        }

        if (_options.HasFlag(VhdLoadOptions.Strict))
            CheckBat(metadata);
        _result = metadata;
    }

    private ReadOnlySpan<byte> Require(int size) =>
        _length >= size ? Data[..size]
            : throw VhdErrors.Corrupt(_name, $"it ends after {_fileLength} bytes, in the middle of its metadata");

    private static void ThrowIf(BlockException? problem)
    {
        if (problem is not null)
            throw problem;
    }

    private BlockException? FindProblem(VhdFooter footer)
    {
        if (!footer.IsFixed && !footer.IsSparse)
            return VhdErrors.Corrupt(
                _name, $"its footer names the disk type {footer.Type}, which is neither fixed (2), dynamic (3) nor differencing (4)");
        if (footer.IsDisabled && !_options.HasFlag(VhdLoadOptions.IgnoreDisabled))
            return VhdErrors.Unsupported(_name, "is disabled, because a resize of it was interrupted: `vhd-util revert' undoes it");
        if (footer.IsCreatedByTapdisk && footer.CreatorVersion == VHD_VERSION_0_1)
            return VhdErrors.Unsupported(_name, "was written by blktap 0.1, whose bitmaps are another way round");
        if (footer.CurrentSize > long.MaxValue / 2)
            return VhdErrors.Corrupt(_name, $"its footer names a size of {footer.CurrentSize} bytes");
        if (footer.IsSparse
            && (footer.DataOffset % VHD_SECTOR_SIZE != 0 || footer.DataOffset == 0 || (long)footer.DataOffset > _fileLength - HeaderSize
                || (long)footer.DataOffset < 0))
            return VhdErrors.Corrupt(_name, $"its footer puts the header at {footer.DataOffset}, in a file of {_fileLength} bytes");
        return null;
    }

    private BlockException? FindLayoutProblem(VhdMetadata metadata)
    {
        VhdLayout layout = metadata.Layout;
        if (layout.BlockCount > metadata.Header.MaxBatSize)
            return VhdErrors.Corrupt(_name, $"it has {layout.BlockCount} blocks, but a table for {metadata.Header.MaxBatSize}");
        if (layout.BlockCount > VhdLimits.MaxBatEntries)
            return VhdErrors.Unsupported(
                _name, $"has {layout.BlockCount} blocks of {layout.BlockSize} bytes; at most {VhdLimits.MaxBatEntries} are supported");
        if (layout.BatOffset < FooterSize || layout.BatEnd > _fileLength)
            return VhdErrors.Corrupt(
                _name, $"its block table of {metadata.Header.MaxBatSize} entries at {layout.BatOffset} is not inside its {_fileLength} bytes");
        return null;
    }

    private void TakeBatmapHeader(VhdMetadata metadata)
    {
        BatmapHeader? header = _length < BatmapHeaderSize ? null : new BatmapHeader(Data);
        if (header is { IsValid: true } && header.Offset % VHD_SECTOR_SIZE == 0 && header.Offset < (ulong)_fileLength
            && header.Offset >= (ulong)metadata.Layout.BatEnd + BatmapHeaderSize
            && header.Sectors <= Math.Min(VhdLimits.MaxBatmapSectors, _fileLength >> VHD_SECTOR_SHIFT)
            && (ulong)header.Sectors << VHD_SECTOR_SHIFT >= (ulong)Batmap.ChecksummedBytes(metadata.VirtualSize))
            metadata.BatmapHeader = header;
        else if (metadata.Footer.Batmap == BatmapPresence.Yes || header is { HasCookie: true })
            metadata.BatmapProblem = $"there is no valid batmap header at {metadata.Layout.BatEnd}";
    }

    /// <summary>
    /// If the disk is not fixed, the last sector can only be a guest's where it lies in one of its blocks; elsewhere it is as good as the
    /// copy, and the copy must be the data of a fixed disk's guest. What remains cannot be told apart, and is refused.
    /// </summary>
    private VhdMetadata Arbitrate(VhdMetadata asSparse, VhdFooter tail)
    {
        long last = (_fileLength - 1) >> VHD_SECTOR_SHIFT;
        foreach (uint entry in asSparse.RequireBat().Entries)
        {
            if (entry != DD_BLK_UNUSED && entry <= last && last < entry + (long)asSparse.Layout.SectorsPerStoredBlock)
            {
                asSparse.Dispose();
                throw VhdErrors.Corrupt(
                    _name, "its last sector says that it is fixed, its first that it is not, and a guest may have written either; "
                    + "if it is not fixed, `vhd-util repair -b' makes it consistent");
            }
        }

        asSparse.Dispose();
        ThrowIf(FindProblem(tail));
        return new VhdMetadata(tail, null, _fileLength);
    }

    private void CheckBat(VhdMetadata metadata)
    {
        BlockAllocationTable bat = metadata.RequireBat();
        if (metadata.BatmapProblem is { } problem && metadata.BatmapHeader is null)
            throw VhdErrors.Corrupt(_name, problem);
        for (int i = 0; i < LocatorCount; i++)
        {
            // As the file grows it would come to lie inside it, over blocks.
            if (metadata.Header.GetLocator(i) is { IsUsed: true } locator && locator.DataOffset > (ulong)_fileLength)
                throw VhdErrors.Corrupt(
                    _name, $"its parent locator {i} lies at {locator.DataOffset}, beyond the end of {_fileLength} bytes");
        }

        long firstSector = (metadata.EndOfHeaders + VHD_SECTOR_SIZE - 1) >> VHD_SECTOR_SHIFT;
        int block = BatCheck.FindOutOfRange(bat, firstSector, _fileLength >> VHD_SECTOR_SHIFT, metadata.Layout.BitmapSectors);
        if (block >= 0)
            throw VhdErrors.Corrupt(
                _name, $"its block {block} lies at sector {bat[block]}, in the metadata or beyond the end of {_fileLength} bytes");
        if (BatCheck.FindOverlap(bat, metadata.Layout.SectorsPerStoredBlock, out int first, out int second))
            throw VhdErrors.Corrupt(_name, $"its blocks {first} and {second} overlap, at sectors {bat[first]} and {bat[second]}");
    }
}
