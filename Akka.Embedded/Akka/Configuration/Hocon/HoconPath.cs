using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Splits a path into its keys.</summary>
internal static class HoconPath
{
    public static IReadOnlyList<string> Split(string path)
    {
        if (!path.Contains('"'))
        {
            return path.Split('.');
        }

        var keys = new List<string>();
        var key = new StringBuilder();
        bool quoted = false;
        foreach (char c in path)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted)
            {
                keys.Add(key.ToString());
                key.Clear();
            }
            else
            {
                key.Append(c);
            }
        }

        keys.Add(key.ToString());
        return keys;
    }
}
