namespace Tapvisor.Benchmarks.Nbd.Machine;

/// <summary>/proc/self/mounts: device, mount point and type of each file system (fstab(5)).</summary>
internal static class MountTable
{
    /// <summary>What a path lies on: "ext4 on /dev/vda".</summary>
    internal static string Describe(string mounts, string path)
    {
        string[]? best = null;
        foreach (string line in mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(' ');
            // A later mount hides an earlier one at the same place.
            if (Holds(fields[1], path) && (best is null || fields[1].Length >= best[1].Length))
                best = fields;
        }
        return best is null ? "unknown" : $"{best[2]} on {best[0]}";
    }

    private static bool Holds(string mountPoint, string path) =>
        mountPoint == "/" || path == mountPoint || path.StartsWith(mountPoint + "/", StringComparison.Ordinal);
}
