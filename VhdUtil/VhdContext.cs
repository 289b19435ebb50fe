using Tapvisor.CommandLine;

namespace Tapvisor.VhdUtil;

/// <summary>What a command works with: its streams, the clock and the environment.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="input">Standard input; opened by the command that reads it.</param>
/// <param name="binary">Standard output for bytes; <paramref name="output"/> is flushed before they are written.</param>
/// <param name="isTerminal">Whether somebody looks at standard error, where progress is shown.</param>
internal sealed class VhdContext(TextWriter output, TextWriter error, Func<Stream> input, Stream binary, bool isTerminal)
    : CommandStreams(output, error, input, isTerminal)
{
    /// <summary>Columns of a terminal when nobody says.</summary>
    public const int UsualWidth = 80;

    /// <summary>Columns of the terminal.</summary>
    public Func<int> Width { get; init; } = () => UsualWidth;

    /// <summary>Environment variables, which make a step fail for a test (VHD_UTIL_TEST_FAIL_*).</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The identity of a new disk.</summary>
    public Func<Guid> NewUuid { get; init; } = Guid.NewGuid;

    /// <summary>Seconds of Unix time.</summary>
    public Func<long> Now { get; init; } = () => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Writes bytes behind the text written so far.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Output.Flush();
        binary.Write(bytes);
    }

    /// <summary>Ends the command where a test wants it to fail, as upstream does.</summary>
    public void FailIfAsked(string point)
    {
        if (Environment(point) is null)
            return;
        Output.Write($"Failing at {point}\n");
        throw new SimulatedFailureException();
    }
}
