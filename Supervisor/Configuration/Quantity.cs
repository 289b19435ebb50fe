using System.Globalization;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// Numbers with units, as HOCON's specification has them (Akka's parser knows some of them only): a bare number is milliseconds or bytes.
/// Null for what is none.
/// </summary>
internal static class Quantity
{
    internal static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    internal static long? Bytes(string text) => Of(text, unit => unit switch
    {
        "" or "B" or "b" or "byte" or "bytes" => 1,
        "kB" or "kilobyte" or "kilobytes" => 1e3,
        "MB" or "megabyte" or "megabytes" => 1e6,
        "GB" or "gigabyte" or "gigabytes" => 1e9,
        "TB" or "terabyte" or "terabytes" => 1e12,
        "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
        "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
        "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
        "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
        _ => null,
    });

    /// <summary>Units of 100 ns.</summary>
    internal static long? Ticks(string text) => Of(text, unit => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 1.0 / TimeSpan.NanosecondsPerTick,
        "us" or "µs" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    });

    private static long? Of(string text, Func<string, double?> factorOf)
    {
        int end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        if (factorOf(text[end..].Trim()) is not { } factor)
            return null;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(text.AsSpan(0, end), Style, CultureInfo.InvariantCulture, out double number))
            return null;
        double value = Math.Round(number * factor);
        return Math.Abs(value) < long.MaxValue ? (long)value : null;
    }
}
