using System.Text;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// The ways in which a differencing disk writes down its parent's path (libvhd.c, vhd_macx_encode_location and its neighbours). For ASCII
/// the bytes are upstream's; other names, which upstream refuses, are what the format's encodings make of them.
/// </summary>
public static class ParentPath
{
    private const string FileScheme = "file://";
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding s_utf16Little = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding s_utf16Big = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);

    /// <summary>A path for a locator.</summary>
    /// <param name="code">PLAT_CODE_MACX, PLAT_CODE_W2KU or PLAT_CODE_W2RU.</param>
    /// <param name="path">Relative to the child, beginning with "./" or "../", or absolute.</param>
    public static byte[] Encode(uint code, string path) => code switch
    {
        PLAT_CODE_MACX => s_utf8.GetBytes(FileScheme + path),
        PLAT_CODE_W2KU or PLAT_CODE_W2RU => s_utf16Little.GetBytes(ToWindows(path)),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "This kind of locator is not written."),
    };

    /// <summary>A locator's path with slashes and without drive; null when it cannot be decoded.</summary>
    public static string? Decode(uint code, ReadOnlySpan<byte> bytes)
    {
        try
        {
            switch (code)
            {
                case PLAT_CODE_MACX:
                    string url = UntilNul(s_utf8.GetString(bytes));
                    return url.StartsWith(FileScheme, StringComparison.Ordinal) && url.Length > FileScheme.Length
                        ? url[FileScheme.Length..] : null;
                case PLAT_CODE_W2KU or PLAT_CODE_W2RU:
                    return FromWindows(s_utf16Little.GetString(bytes));
                case PLAT_CODE_WI2R or PLAT_CODE_WI2K:
                    return FromWindows(Encoding.Latin1.GetString(bytes));
                default:
                    return null;
            }
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The parent's name in a header; null when it cannot be decoded, empty when there is none.</summary>
    public static string? DecodeName(ReadOnlySpan<byte> bytes)
    {
        int end = 0;
        while (end + 1 < bytes.Length && (bytes[end] | bytes[end + 1]) != 0)
            end += 2;
        try
        {
            return end == 0 ? "" : FromWindows(s_utf16Big.GetString(bytes[..end]));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Puts the parent's name into a header's field of 512 bytes.</summary>
    /// <returns>False when it does not fit.</returns>
    public static bool TryEncodeName(string name, Span<byte> field)
    {
        if (name.Length * sizeof(char) > field.Length)
            return false;
        field.Clear();
        s_utf16Big.GetBytes(name, field);
        return true;
    }

    private static string ToWindows(string path) =>
        (path.StartsWith('/') ? path : @".\" + (path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)).Replace('/', '\\');

    private static string? FromWindows(string path)
    {
        path = UntilNul(path).Replace('\\', '/');
        if (path.StartsWith("C:", StringComparison.OrdinalIgnoreCase))
            path = path[2..];
        return path.Length > 0 ? path : null;
    }

    private static string UntilNul(string text) => text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and int end ? text[..end] : text;
}
