using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Scanning;

/// <summary>Looks at one target (vhd-util-scan.c, vhd_util_scan_targets). Failures become part of the result.</summary>
internal sealed class ImageScanner(ScanOptions options)
{
    public ScannedImage Scan(ScanTarget target)
    {
        ScannedImage image = new(target.Name);
        string step = "opening file";
        try
        {
            if (options.HasFlag(ScanOptions.Pretty) && !target.IsVolume)
            {
                step = "resolving name";
                image = new ScannedImage(HostNames.Paths.Of(target.Name));
                step = "opening file";
            }

            image.Size = target.Size;
            if (target.IsRaw)
                (image.Capacity, image.Hidden) = ((ulong)target.Size, 1);
            else if (target.IsVolume)
                new VolumeScanner(options, target, image).Scan(ref step);
            else
                ScanFile(target, image, ref step);
        }
        catch (BlockException e)
        {
            (image.Errno, image.Message) = (e.Errno, step);
        }

        return image;
    }

    /// <summary>The locator to believe when none leads to a file (vhd_util_scan_get_parent_locator).</summary>
    public static ParentLocator? BestLocator(VhdHeader header)
    {
        ParentLocator? best = null;
        for (int i = 0; i < LocatorCount; i++)
        {
            ParentLocator locator = header.GetLocator(i);
            if (locator.Code == PLAT_CODE_MACX)
                return locator;
            if (locator.Code == PLAT_CODE_W2RU || (best is null && locator.IsUsed))
                best = locator;
        }

        return best;
    }

    private void ScanFile(ScanTarget target, ScannedImage image, ref string step)
    {
        VhdLoadOptions load = VhdLoadOptions.IgnoreDisabled | (
            options.HasFlag(ScanOptions.Markers) ? VhdLoadOptions.BatmapHeader : VhdLoadOptions.None);
        using VhdImage vhd = VhdImage.Open(target.Device, ImageAccess.Read, load);
        image.Capacity = vhd.Metadata.VirtualSize;
        image.Hidden = vhd.Footer.Hidden;
        if (options.HasFlag(ScanOptions.Markers))
        {
            step = "checking markers";
            (image.Marker, image.KeyHash) = (vhd.GetMarker(), vhd.GetKeyHash());
        }

        if (!vhd.Footer.IsDifferencing)
            return;
        step = "getting parent";
        image.HasRawParent = vhd.Header.HasRawParent;
        bool fast = options.HasFlag(ScanOptions.Fast);
        if (!fast || options.HasFlag(ScanOptions.Parents))
            image.ParentFile = TryFindParent(vhd);
        image.Parent = fast ? ParentPath.DecodeName(vhd.Header.ParentName) : image.ParentFile;
        image.Parent ??= (BestLocator(vhd.Header) is { } locator ? vhd.ReadLocator(locator) : null)
            ?? throw VhdErrors.Parent($"The VHD '{target.Name}' does not tell where its parent is.", Native.Errno.EINVAL);
    }

    private static string? TryFindParent(VhdImage vhd)
    {
        try
        {
            return vhd.FindParent();
        }
        catch (BlockException)
        {
            // Not an error of the scan: the name alone is shown.
            return null;
        }
    }
}
