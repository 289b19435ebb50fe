using Tapvisor.Supervisor.Configuration.Hocon;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>The names that settings have: those in the file that comes with the service, and Akka's own below <c>akka</c>.</summary>
internal sealed class SettingNames
{
    private const string Ours = "tapvisor";

    private readonly Dictionary<string, AssignmentKind> _kinds;

    /// <summary>Takes the names from the assignments of the file that comes with the service.</summary>
    internal SettingNames(IEnumerable<Assignment> defaults)
    {
        _kinds = defaults.DistinctBy(assignment => assignment.Path).ToDictionary(assignment => assignment.Path, assignment => assignment.Kind);
        foreach (string path in _kinds.Keys.ToList())
        {
            for (int dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
                _kinds.TryAdd(path[..dot], AssignmentKind.Group);
        }
    }

    /// <summary>Every setting, without its groups.</summary>
    internal IEnumerable<string> Settings => _kinds.Where(name => name.Value != AssignmentKind.Group).Select(name => name.Key);

    /// <summary>Nothing is assigned that is no setting, or is one of another shape.</summary>
    /// <exception cref="ServiceConfigurationException">Something is.</exception>
    internal void Check(ScannedSettings found)
    {
        foreach (Assignment assignment in found.Assignments)
        {
            if (Assignment.IsWithin(assignment.Path, AkkaSettings.Root))
                AkkaSettings.Check(assignment);
            else if (!_kinds.TryGetValue(assignment.Path, out AssignmentKind kind))
                CheckUse(assignment, found);
            else if (kind == AssignmentKind.Group != (assignment.Kind == AssignmentKind.Group))
                throw Refusal(assignment, kind == AssignmentKind.Group ? "is a group of settings, { … }" : "is one setting, not a group");
        }
    }

    internal static ServiceConfigurationException Refusal(Assignment assignment, string what) =>
        new($"The configuration {assignment.Place}, cannot be used: {assignment.Path} {what}.");

    // A name outside our group that a substitution uses is a file's own abbreviation.
    private void CheckUse(Assignment assignment, ScannedSettings found)
    {
        bool isUsed = !Assignment.IsWithin(assignment.Path, Ours) && found.Substitutions.Exists(
            substitution => Assignment.IsWithin(substitution.Target, assignment.Path) || Assignment.IsWithin(assignment.Path, substitution.Target));
        if (!isUsed)
            throw Refusal(assignment, $"is no setting; the nearest one is {Nearest(assignment.Path)}");
    }

    // A name whose beginning was left out is nearer than one that only looks like it.
    private string Nearest(string path) =>
        _kinds.Keys.FirstOrDefault(name => name.EndsWith($".{path}", StringComparison.Ordinal))
        ?? NearestName.Of(path, [.. Settings, Ours, AkkaSettings.Root]);
}
