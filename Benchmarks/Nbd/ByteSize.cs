using System.Globalization;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>Sizes as people write them: 1GiB, 512MiB, 64KiB, 4096.</summary>
internal static class ByteSize
{
    internal const long KiB = 1L << 10;
    internal const long MiB = 1L << 20;
    internal const long GiB = 1L << 30;

    private static readonly (string Suffix, long Bytes)[] Units = [("GiB", GiB), ("MiB", MiB), ("KiB", KiB), ("", 1)];

    /// <exception cref="BenchmarkException">It is no size.</exception>
    internal static long Parse(string text)
    {
        (string suffix, long unit) = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        string number = text[..^suffix.Length].TrimEnd();
        bool valid = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value <= long.MaxValue / unit;
        return valid ? value * unit : throw new BenchmarkException($"'{text}' is not a size; write for example 1GiB or 512MiB.");
    }

    /// <summary>In the largest unit that needs no fraction.</summary>
    internal static string Format(long bytes)
    {
        (string suffix, long unit) = Array.Find(Units, unit => bytes % unit.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{(suffix.Length > 0 ? $" {suffix}" : " B")}");
    }
}
