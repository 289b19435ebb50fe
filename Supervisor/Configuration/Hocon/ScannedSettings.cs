using System.Text;

namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>What the scans of a configuration's files have found: one text for the parser, and who said what where.</summary>
internal sealed class ScannedSettings
{
    // In all files. A settings file has a few, and each is compared with every other one.
    private const int MostSubstitutions = 200;

    // What one stands for, with all that it leads to: doubled at each of thirty steps a text of one character has a gigabyte.
    private const int MostReplacements = 100;

    /// <summary>All files one after the other, what they include in its place.</summary>
    internal StringBuilder Text { get; } = new();

    /// <summary>How many have been read.</summary>
    internal int Files { get; set; }

    /// <summary>How many characters they have; <see cref="Text"/> lacks what follows an include until that has been read.</summary>
    internal int Characters { get; set; }

    internal List<Assignment> Assignments { get; } = [];

    internal List<Substitution> Substitutions { get; } = [];

    /// <summary>The last place that gives a name, or a group that it is in, its value; null if there is none.</summary>
    internal Assignment? OriginOf(string path) =>
        Assignments.FindLast(assignment => Assignment.IsWithin(path, assignment.Path) || Assignment.IsWithin(assignment.Path, path));

    /// <summary>Substitutions lead somewhere, and not back to where they are: the parser would follow them for ever.</summary>
    /// <exception cref="ServiceConfigurationException">One does not.</exception>
    internal void CheckSubstitutions()
    {
        if (Substitutions.Count > MostSubstitutions)
            throw Refusal(Substitutions[MostSubstitutions], $"it is one of more than {MostSubstitutions} substitutions");
        foreach (Substitution substitution in Substitutions)
        {
            if (!Assignments.Exists(assignment => Assignment.IsWithin(assignment.Path, substitution.Target)))
                throw Refusal(substitution, "nothing has that name");
            if (LeadsBack(substitution))
                throw Refusal(substitution, "it leads back to itself");
        }

        // None leads back, so that the count of each comes to an end.
        if (Substitutions.Find(LeadsToTooMany) is { } large)
            throw Refusal(large, $"it leads to more than {MostReplacements} others");
    }

    private bool LeadsToTooMany(Substitution start)
    {
        var open = new Stack<Substitution>([start]);
        int replaced = 0;
        while (open.TryPop(out Substitution? current))
        {
            if (replaced++ > MostReplacements)
                return true;
            foreach (Substitution next in Substitutions.Where(next => Meets(next.In, current.Target)))
                open.Push(next);
        }
        return false;
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
