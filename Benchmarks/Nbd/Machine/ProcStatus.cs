using System.Globalization;

namespace Tapvisor.Benchmarks.Nbd.Machine;

/// <summary>/proc/PID/status and its relatives: lines of a name, a colon and a value (proc_pid_status(5), proc_meminfo(5)).</summary>
internal static class ProcStatus
{
    /// <summary>VmRSS: resident memory, in bytes; 0 for a process that has ended and was not reaped, which has none.</summary>
    internal static long RssBytes(string status) => Bytes(status, "VmRSS");

    /// <summary>A value in kB (the kernel's word for KiB), in bytes; 0 without such a line.</summary>
    /// <exception cref="FormatException">The value is no number of kB.</exception>
    internal static long Bytes(string text, string name) => Value(text, name) is { } value
        ? long.Parse(value.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture) * ByteSize.KiB
        : 0;

    /// <summary>The first value under a name, or null.</summary>
    internal static string? Value(string text, string name) =>
        text.Split('\n')
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(parts => parts.Length == 2 && parts[0] == name)?[1];
}
