namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>One place in a settings file that gives a name a value.</summary>
/// <param name="Path">The full name, its parts joined by dots.</param>
/// <param name="Kind">What it is given.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record Assignment(string Path, AssignmentKind Kind, string File, int Line)
{
    /// <summary>Where it is, for sentences.</summary>
    internal string Place => $"'{File}', line {Line}";

    /// <summary>Whether a name is this one or lies within it.</summary>
    internal static bool IsWithin(string path, string group) =>
        path.StartsWith(group, StringComparison.Ordinal) && (path.Length == group.Length || path[group.Length] == '.');
}
