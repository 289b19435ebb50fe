using System.Globalization;

namespace Tapvisor.VhdUtil;

/// <summary>
/// Numbers on the command line. Upstream takes strtoull's word for them, which makes 0 of any typing error; here that is wrong usage.
/// </summary>
internal static class OptionNumber
{
    /// <summary>Bytes from a number of MiB.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Mebibytes(string text, char option, out ulong bytes)
    {
        string? complaint = Parse(text, option, ulong.MaxValue >> 20, out ulong number);
        bytes = number << 20;
        return complaint;
    }

    /// <summary>A number from 0 to <paramref name="maximum"/>.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Parse(string text, char option, ulong maximum, out ulong number) =>
        ulong.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
        && number <= maximum
            ? null
            : $"-{option} wants a number from 0 to {maximum}, not '{text}'";
}
