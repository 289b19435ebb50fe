using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>Reads numbers with units.</summary>
internal static class HoconUnits
{
    private const long Binary = 1024;
    private const long Decimal = 1000;

    /// <exception cref="FormatException">The number or the unit is none.</exception>
    /// <exception cref="OverflowException">The size is more than a long holds.</exception>
    public static long ParseByteSize(string text)
    {
        (string number, string unit) = Split(text);
        long factor = unit switch
        {
            "" or "b" or "B" or "byte" or "bytes" => 1,
            "kB" or "kilobyte" or "kilobytes" => Decimal,
            "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => Binary,
            "MB" or "megabyte" or "megabytes" => Power(Decimal, 2),
            "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => Power(Binary, 2),
            "GB" or "gigabyte" or "gigabytes" => Power(Decimal, 3),
            "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => Power(Binary, 3),
            "TB" or "terabyte" or "terabytes" => Power(Decimal, 4),
            "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => Power(Binary, 4),
            "PB" or "petabyte" or "petabytes" => Power(Decimal, 5),
            "P" or "p" or "Pi" or "PiB" or "pebibyte" or "pebibytes" => Power(Binary, 5),
            "EB" or "exabyte" or "exabytes" => Power(Decimal, 6),
            "E" or "e" or "Ei" or "EiB" or "exbibyte" or "exbibytes" => Power(Binary, 6),
            _ => throw new FormatException($"{unit} is not a valid byte size suffix"),
        };
        return checked(long.Parse(number, CultureInfo.InvariantCulture) * factor);
    }

    /// <exception cref="FormatException">The number or the unit is none, or the number is negative.</exception>
    /// <exception cref="OverflowException">The time is more than a TimeSpan holds.</exception>
    public static TimeSpan ParseTimeSpan(string text, bool allowInfinite)
    {
        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
        {
            return Timeout.InfiniteTimeSpan;
        }

        (string number, string unit) = Split(text);
        double value = double.Parse(number, CultureInfo.InvariantCulture);
        if (value < 0)
        {
            throw new FormatException($"Expected a positive value instead of {number}");
        }

        double ticks = unit switch
        {
            "nanoseconds" or "nanosecond" or "nanos" or "nano" or "ns" => 0.01,
            "microseconds" or "microsecond" or "micros" or "micro" or "us" or "µs" => TimeSpan.TicksPerMicrosecond,
            "" or "milliseconds" or "millisecond" or "millis" or "milli" or "ms" => TimeSpan.TicksPerMillisecond,
            "seconds" or "second" or "s" => TimeSpan.TicksPerSecond,
            "minutes" or "minute" or "m" => TimeSpan.TicksPerMinute,
            "hours" or "hour" or "h" => TimeSpan.TicksPerHour,
            "days" or "day" or "d" => TimeSpan.TicksPerDay,
            _ => throw new FormatException($"{unit} is not a valid unit of time"),
        };
        return TimeSpan.FromTicks(checked((long)Math.Round(value * ticks)));
    }

    private static (string Number, string Unit) Split(string text)
    {
        int end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        return (text[..end], text[end..].Trim());
    }

    private static long Power(long factor, int exponent) => exponent == 0 ? 1 : factor * Power(factor, exponent - 1);
}
