using System.Globalization;
using System.Text;

namespace Tapvisor.Tests.Messages;

/// <summary>
/// One connection of upstream's tap-ctl (or of a raw client) to upstream's tapdisk, from Captures/conversations.txt: what was sent and what
/// came back. The file writes runs of zeros as *N, printable text in quotes and everything else in hex.
/// </summary>
internal sealed record Capture(string Name, byte[] Request, byte[] Response)
{
    public static IReadOnlyList<Capture> All { get; } = Load();

    /// <summary>The connections of one command, in order.</summary>
    public static IReadOnlyList<Capture> Of(string label) =>
        [.. All.Where(c => c.Name.StartsWith(label + ".", StringComparison.Ordinal) && int.TryParse(c.Name[(label.Length + 1)..], out _))];

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Messages", "Captures", file);

    private static List<Capture> Load()
    {
        string[] lines = File.ReadAllLines(PathOf("conversations.txt"));
        List<Capture> captures = [];
        for (int i = 0; i < lines.Length; i += 3)
            captures.Add(new Capture(lines[i], Parse(lines[i + 1][1..]), Parse(lines[i + 2][1..])));
        return captures;
    }

    private static byte[] Parse(string text)
    {
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == ' ')
                continue;
            int end;
            if (text[i] == '"')
            {
                end = text.IndexOf('"', i + 1);
                bytes.AddRange(Encoding.ASCII.GetBytes(text[(i + 1)..end]));
                i = end;
                continue;
            }

            end = text.IndexOf(' ', i);
            string token = end < 0 ? text[i..] : text[i..end];
            bytes.AddRange(token[0] == '*' ? new byte[int.Parse(token[1..], CultureInfo.InvariantCulture)] : Convert.FromHexString(token));
            i += token.Length - 1;
        }

        return [.. bytes];
    }
}
