using Tapvisor.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Checking;

/// <summary>What is wrong with a footer, in upstream's words (vhd-util-check.c, vhd_util_check_validate_footer).</summary>
internal static class FooterCheck
{
    /// <summary>Seconds that another host's clock may be ahead.</summary>
    public const uint TimestampMaxSlack = 1800;

    /// <summary>Null when all is well.</summary>
    public static string? FindProblem(VhdFooter footer, CheckOptions options)
    {
        if (!footer.HasCookie)
            return "invalid cookie";
        if (!footer.IsChecksumValid)
            return "invalid checksum";
        if ((footer.Features & HD_RESERVED) == 0)
            return "invalid 'reserved' feature";
        if ((footer.Features & ~(HD_TEMPORARY | HD_RESERVED)) != 0)
            return "invalid extra features";
        if (footer.FileFormatVersion != HD_FF_VERSION)
            return "invalid file format version";
        if (!footer.IsSparse && footer.DataOffset != ulong.MaxValue)
            return "invalid data offset";
        if (!options.IgnoreTimestamps && footer.Timestamp > (ulong)options.Now + TimestampMaxSlack)
            return "creation time in future";
        if (footer.IsCreatedByTapdisk && footer.CreatorVersion > VHD_CURRENT_VERSION)
            return "unsupported tap creator version";
        if (DiskGeometry.FromSize(footer.CurrentSize).Packed < footer.Geometry.Packed)
            return "geometry too large";
        if (!footer.IsFixed && !footer.IsSparse)
            return "invalid type";
        if (footer.Saved > 1)
            return "invalid 'saved' state";
        if (footer.Hidden > 1)
            return "invalid 'hidden' state";
        if (footer.Reserved.ContainsAnyExcept((byte)0))
            return "invalid 'reserved' bits";
        return footer.Uuid == Guid.Empty ? "invalid (NULL) uuid" : null;
    }

    /// <summary>Whether both footers say the same, but for the hidden flag that an early td-util set in the copy alone.</summary>
    public static bool Match(VhdFooter primary, VhdFooter copy)
    {
        if (primary.Bytes.SequenceEqual(copy.Bytes))
            return true;
        if (copy.Hidden == 0 || !copy.IsCreatedByTapdisk || copy.CreatorVersion is not (VHD_VERSION_0_1 or VHD_VERSION_1_1))
            return false;
        VhdFooter shown = copy.Clone();
        shown.Hidden = 0;
        return primary.Bytes.SequenceEqual(shown.Bytes);
    }
}
