using System.Globalization;

namespace Tapvisor.Benchmarks.Nbd.Machine;

/// <summary>/proc/PID/stat, see proc_pid_stat(5).</summary>
internal static class ProcStat
{
    // What the kernel shows to user space (USER_HZ), whatever it ticks with; 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    // Counted from the field after the name: the page's fields 14 and 15.
    private const int UserTime = 11;
    private const int SystemTime = 12;

    /// <summary>utime + stime: seconds of processor time of the whole thread group.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    internal static double CpuSeconds(string stat)
    {
        // The name stands in brackets and may itself hold blanks and brackets.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > SystemTime
            ? (Ticks(fields[UserTime]) + Ticks(fields[SystemTime])) / TicksPerSecond
            : throw new FormatException($"'{stat.Trim()}' is not a line of /proc/PID/stat.");
    }

    private static long Ticks(string field) => long.Parse(field, NumberStyles.None, CultureInfo.InvariantCulture);
}
