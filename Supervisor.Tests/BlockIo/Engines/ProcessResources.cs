namespace Tapvisor.Tests.BlockIo.Engines;

/// <summary>What this process holds, from /proc.</summary>
internal static class ProcessResources
{
    /// <summary>What the open descriptors refer to.</summary>
    internal static string[] OpenFiles() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget).OfType<string>()];

    /// <summary>Threads whose name starts with <paramref name="prefix"/>.</summary>
    internal static int Threads(string prefix) =>
        Directory.GetDirectories("/proc/self/task").Count(task => NameOf(task).StartsWith(prefix, StringComparison.Ordinal));

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
