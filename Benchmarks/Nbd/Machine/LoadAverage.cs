using System.Globalization;

namespace Tapvisor.Benchmarks.Nbd.Machine;

/// <summary>/proc/loadavg.</summary>
internal static class LoadAverage
{
    /// <summary>The average of the last minute.</summary>
    internal static double Read() => Parse(File.ReadAllText("/proc/loadavg"));

    internal static double Parse(string text) => double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
}
