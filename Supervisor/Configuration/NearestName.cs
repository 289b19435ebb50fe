namespace Tapvisor.Supervisor.Configuration;

/// <summary>What somebody who misspelt a name may have meant.</summary>
internal static class NearestName
{
    /// <summary>
    /// The name that fewest insertions, deletions and replacements of characters lead to (Levenshtein's distance). A beginning that was left out
    /// counts as one.
    /// </summary>
    internal static string Of(string wrong, IEnumerable<string> names) => names.MinBy(name => Steps(wrong, name))!;

    private static int Steps(string wrong, string name)
    {
        int steps = Distance(wrong, name);
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
            steps = Math.Min(steps, Distance(wrong, name[(dot + 1)..]) + 1);
        return steps;
    }

    private static int Distance(string from, string to)
    {
        int[] former = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int[] current = new int[to.Length + 1];
            current[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = former[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(former[j], current[j - 1]) + 1);
            }
            former = current;
        }
        return former[to.Length];
    }
}
