namespace Tapvisor.Benchmarks.Nbd.Processes;

/// <summary>How a program ended and what it said.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Errors)
{
    private const int LinesShown = 5;

    /// <summary>The last of what it said, to standard error if it used that, in one line for a message.</summary>
    internal string LastLines()
    {
        string text = Errors.AsSpan().Trim().IsEmpty ? Output : Errors;
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "it said nothing." : string.Join(" / ", lines.TakeLast(LinesShown));
    }
}
