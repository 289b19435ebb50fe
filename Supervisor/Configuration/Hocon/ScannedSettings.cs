using System.Text;

namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>What the scans of a configuration's files have found: one text for the parser, and who said what where.</summary>
internal sealed class ScannedSettings
{
    /// <summary>All files one after the other, what they include in its place.</summary>
    internal StringBuilder Text { get; } = new();

    /// <summary>How many have been read.</summary>
    internal int Files { get; set; }

    internal List<Assignment> Assignments { get; } = [];

    internal List<Substitution> Substitutions { get; } = [];

    /// <summary>The last place that gives a name, or a group that it is in, its value; null if there is none.</summary>
    internal Assignment? OriginOf(string path) =>
        Assignments.FindLast(assignment => Assignment.IsWithin(path, assignment.Path) || Assignment.IsWithin(assignment.Path, path));

    /// <summary>Substitutions lead somewhere, and not back to where they are: the parser would follow them for ever.</summary>
    /// <exception cref="ServiceConfigurationException">One does not.</exception>
    internal void CheckSubstitutions()
    {
        foreach (Substitution substitution in Substitutions)
        {
            if (!Assignments.Exists(assignment => Assignment.IsWithin(assignment.Path, substitution.Target)))
                throw Refusal(substitution, "nothing has that name");
            if (LeadsBack(substitution))
                throw Refusal(substitution, "it leads back to itself");
        }
    }

    private bool LeadsBack(Substitution start)
    {
        var seen = new HashSet<Substitution>();
        var open = new Stack<Substitution>([start]);
        while (open.TryPop(out Substitution? current))
        {
            if (Meets(start.In, current.Target))
                return true;
            foreach (Substitution next in Substitutions)
            {
                if (Meets(next.In, current.Target) && seen.Add(next))
                    open.Push(next);
            }
        }
        return false;
    }

    private static bool Meets(string path, string target) => Assignment.IsWithin(path, target) || Assignment.IsWithin(target, path);

    private static ServiceConfigurationException Refusal(Substitution substitution, string reason) =>
        new($"The configuration {substitution.Place}, cannot be used: ${{{substitution.Target}}} in {substitution.In}: {reason}.");
}
