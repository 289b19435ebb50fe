using System.Runtime.CompilerServices;

namespace Tapvisor.Tests.Architecture;

/// <summary>The sources that this assembly was built from.</summary>
internal static class SourceTree
{
    internal static string Root { get; } = FindRoot();

    /// <summary>Directories with a project of their own.</summary>
    internal static IEnumerable<string> Projects =>
        Directory.EnumerateFiles(Root, "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(path => Path.GetRelativePath(Root, Path.GetDirectoryName(path)!));

    /// <summary>C# files, by their paths from the root.</summary>
    internal static IEnumerable<string> Files => Projects
        .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Root, path))
        .Where(path => !path.Split('/').Contains("obj"));

    internal static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    internal static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // The build may have been made elsewhere, as in the lab: then there are no sources, and the rules are somebody else's to check.
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
        Skip.IfNot(File.Exists(Path.Combine(root, "Supervisor.sln")), "the sources are not here");
        return root;
    }
}
