using System.Globalization;

namespace Tapvisor.ImageDrivers.Files;

/// <summary>
/// Finds who holds the lock on a file, for the error message. A lock on an open file description has no owner (F_OFD_GETLK and /proc/locks
/// say −1), but /proc/PID/fdinfo shows it with each descriptor of that description. Reads all of /proc: only when something failed.
/// </summary>
internal static class LockHolder
{
    /// <summary>The holder as the subject of a sentence; <c>another process</c> when it cannot be seen.</summary>
    internal static string Describe(string path)
    {
        var file = new FileInfo(path);
        string target = (file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) : null)?.FullName ?? file.FullName;
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            bool isProcess = int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int pid);
            if (isProcess && Holds(process, target))
                return pid == Environment.ProcessId ? $"this process ({pid})" : $"process {pid} ({Name(process)})";
        }
        return "another process";
    }

    private static bool Holds(string process, string target)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
            {
                if (new FileInfo(descriptor).LinkTarget == target
                    && File.ReadLines(Path.Combine(process, "fdinfo", Path.GetFileName(descriptor))).Any(IsLock))
                    return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
        }
        return false;
    }

    private static bool IsLock(string line) => line.StartsWith("lock:", StringComparison.Ordinal);

    private static string Name(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).TrimEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "ended";
        }
    }
}
