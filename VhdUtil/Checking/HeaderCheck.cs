using Tapvisor.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Checking;

/// <summary>What is wrong with headers, in upstream's words (vhd-util-check.c); null when all is well.</summary>
internal static class HeaderCheck
{
    public static string? FindProblem(VhdHeader header, long fileLength)
    {
        if (!header.HasCookie)
            return "invalid cookie";
        if (header.Checksum != header.ComputedChecksum)
            return "invalid checksum";
        if (header.Version != DD_VERSION)
            return "invalid header version";
        if (header.DataOffset != ulong.MaxValue)
            return "invalid data offset";
        if (header.TableOffset == 0 || header.TableOffset % VHD_SECTOR_SIZE != 0 || header.TableOffset > (ulong)fileLength
            || (long)header.TableOffset + header.MaxBatSize * (long)sizeof(uint) > fileLength - FooterSize)
            return "invalid table offset";
        if (header.BlockSize == 0 || (header.BlockSize & (header.BlockSize - 1)) != 0)
            return "invalid block size";
        return header.Reserved1 != 0 || header.Reserved2.ContainsAnyExcept((byte)0) ? "invalid reserved bits" : null;
    }

    /// <summary>What only a differencing disk has.</summary>
    public static string? FindDifferencingProblem(VhdFooter footer, VhdHeader header, CheckOptions options)
    {
        if (footer.IsDifferencing)
            return !options.IgnoreTimestamps && header.ParentTimestamp > (ulong)options.Now + FooterCheck.TimestampMaxSlack
                ? "parent creation time in future" : ParentPath.DecodeName(header.ParentName) is null ? "invalid parent name" : null;
        return header.ParentName.ContainsAnyExcept((byte)0) ? "invalid non-null parent name"
            : header.LocatorBytes.ContainsAnyExcept((byte)0) ? "invalid non-null parent locators"
            : header.ParentUuid != Guid.Empty ? "invalid non-null parent uuid"
            : header.ParentTimestamp != 0 ? "invalid non-zero parent timestamp" : null;
    }

    public static string? FindProblem(BatmapHeader header, Batmap? batmap, uint maxBatSize, long fileLength)
    {
        if (!header.HasCookie)
            return "invalid cookie";
        if (header.Version > VHD_BATMAP_CURRENT_VERSION)
            return "unsupported batmap version";
        if (batmap is null)
            return "invalid checksum";
        if (header.Sectors == 0)
            return "invalid size zero";
        if ((ulong)header.Sectors << (VHD_SECTOR_SHIFT + 3) < maxBatSize)
            return "batmap-BAT size mismatch";
        if (header.Offset == 0 || header.Offset % VHD_SECTOR_SIZE != 0)
            return "invalid batmap offset";
        return (long)header.Offset + ((long)header.Sectors << VHD_SECTOR_SHIFT) > fileLength - FooterSize ? "invalid batmap size" : null;
    }

    public static string? FindProblem(ParentLocator locator, long fileLength)
    {
        if (!locator.IsKnown)
            return "invalid platform code";
        if (!locator.IsUsed)
            return locator == default ? null : "non-zero locator";
        if (locator.DataOffset == 0)
            return "invalid data offset";
        if (locator.DataSpace == 0)
            return "invalid data space";
        if (locator.DataLength == 0)
            return "invalid data length";
        if (locator.DataOffset > (ulong)fileLength || (long)locator.DataOffset + locator.Space > fileLength - FooterSize)
            return "invalid size";
        return locator.Reserved != 0 ? "invalid reserved bits" : null;
    }
}
