using Tapvisor.Formats.Parents;
using Tapvisor.Formats.Vhd;
using Tapvisor.VhdUtil.Files;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Scanning;

/// <summary>Looks at a logical volume without activating it, where its first segment lies on the physical volume.</summary>
internal sealed class VolumeScanner(ScanOptions options, ScanTarget target, ScannedImage image)
{
    private const int MinLength = 4096;

    /// <param name="step">What fails if something does.</param>
    public void Scan(ref string step)
    {
        step = "device too small";
        if (target.Length < MinLength)
            throw VhdErrors.Corrupt(target.Name, $"it has {target.Length} bytes");
        step = "opening device";
        using VhdImageFile device = VhdImageFile.Open(target.Device, ImageAccess.Read);
        step = "reading headers";
        VhdFooter footer = new(Read(device, 0, FooterSize));
        step = "invalid footer";
        if (!footer.IsValid)
            throw VhdErrors.Corrupt(target.Name, "its first sector is no footer");
        (image.Capacity, image.Hidden) = (footer.CurrentSize, footer.Hidden);
        if (!footer.IsSparse)
            return;
        step = "reading header";
        VhdHeader header = new(Read(device, (long)footer.DataOffset, HeaderSize));
        if (header.FindProblem() is { } problem)
            throw VhdErrors.Corrupt(target.Name, $"in its header {problem}");
        if (options.HasFlag(ScanOptions.Markers))
        {
            step = "checking markers";
            ReadMarkers(device, footer, header);
        }

        if (!footer.IsDifferencing)
            return;
        step = "getting parent";
        image.HasRawParent = header.HasRawParent;
        string path = (options.HasFlag(ScanOptions.Fast) ? ParentPath.DecodeName(header.ParentName) : null) ?? ReadParent(device, header);
        image.Parent = image.ParentFile = ToVolumeName(path)
            ?? throw VhdErrors.Parent($"The parent '{path}' of '{target.Name}' is no logical volume.", Native.Errno.EINVAL);
    }

    /// <summary>
    /// The volume in a name as device mapper makes it of group and volume, dashes doubled (vhd_util_scan_extract_volume_name).
    /// </summary>
    public static string? ToVolumeName(string path)
    {
        string mapped = path[(path.LastIndexOf('/') + 1)..].Replace("--", "\0", StringComparison.Ordinal);
        int dash = mapped.LastIndexOf('-');
        return dash < 0 ? null : mapped[(dash + 1)..].Replace('\0', '-');
    }

    private string ReadParent(VhdImageFile device, VhdHeader header) =>
        (ImageScanner.BestLocator(header) is { } locator && ParentResolver.TryGetRange(locator, target.Length, out FileRange range)
            ? ParentPath.Decode(locator.Code, Read(device, range.Offset, range.Length)) : null)
        ?? throw VhdErrors.Parent($"The VHD '{target.Name}' does not tell where its parent is.", Native.Errno.EINVAL);

    private void ReadMarkers(VhdImageFile device, VhdFooter footer, VhdHeader header)
    {
        if (footer.Batmap == BatmapPresence.No)
            return;
        BatmapHeader batmap = new(Read(device, new VhdLayout(footer, header).BatEnd, BatmapHeaderSize));
        if (batmap.IsValid)
            (image.Marker, image.KeyHash) = (batmap.Marker, batmap.KeyHash);
        else if (footer.Batmap == BatmapPresence.Yes)
            throw VhdErrors.Corrupt(target.Name, "it has no valid batmap header");
    }

    private byte[] Read(VhdImageFile device, long offset, int length)
    {
        byte[] bytes = new byte[length];
        if (offset < 0 || offset > target.Length - length || device.ReadUpTo(target.Start + offset, bytes) < length)
            throw VhdErrors.Corrupt(target.Name, $"{length} bytes at {offset} are not inside its first segment of {target.Length} bytes");
        return bytes;
    }
}
