namespace Tapvisor.Benchmarks;

/// <summary>Programs of this repository, built as this one was.</summary>
internal static class Built
{
    /// <summary>artifacts/bin/Benchmarks/release/ → artifacts/bin/ROOM/release/NAME</summary>
    internal static string Program(string room, string name)
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", room, configuration, name));
    }
}
