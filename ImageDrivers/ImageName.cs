using Tapvisor.Native;

namespace Tapvisor.ImageDrivers;

/// <summary>
/// <c>type:path</c>, split at the first colon; the path goes to the driver as it is (upstream tapdisk_disktype_parse_params).
/// </summary>
/// <param name="Type">Driver, at most 31 characters.</param>
/// <param name="Path">What the driver opens.</param>
public sealed record ImageName(string Type, string Path)
{
    /// <summary>TD_MAX_TYPE_LEN of upstream less its NUL.</summary>
    public const int MaxTypeLength = 31;

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="BlockException">EINVAL without a colon, ENAMETOOLONG for an over-long type.</exception>
    public static ImageName Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EINVAL,
                $"The image '{text}' has no type: write TYPE:PATH, such as aio:/srv/disk.img.");
        }
        if (colon > MaxTypeLength)
        {
            throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.ENAMETOOLONG,
                $"The image type '{text[..colon]}' has {colon} characters; at most {MaxTypeLength} are allowed.");
        }
        return new ImageName(text[..colon], text[(colon + 1)..]);
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => $"{Type}:{Path}";
}
