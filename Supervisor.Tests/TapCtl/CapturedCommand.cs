using System.Globalization;
using System.Text.Json;

namespace Tapvisor.Tests.TapCtl;

/// <summary>One run of upstream's tap-ctl: the command line, what it printed, and the minors that existed.</summary>
internal sealed record CapturedCommand(
    string Label, string[] Args, bool Tty, int Exit, string Stdout, string Stderr, int[] Markers, int[]? Locked = null)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static IReadOnlyDictionary<string, CapturedCommand> All { get; } =
        JsonSerializer.Deserialize<CapturedCommand[]>(File.ReadAllText(FilePath), Options)!.ToDictionary(command => command.Label);

    /// <summary>The value of -p.</summary>
    public int? Pid => Array.IndexOf(Args, "-p") is >= 0 and int at ? int.Parse(Args[at + 1], CultureInfo.InvariantCulture) : null;

    private static string FilePath => Path.Combine(AppContext.BaseDirectory, "TapCtl", "Captures", "commands.json");
}
