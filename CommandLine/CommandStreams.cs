namespace Tapvisor.CommandLine;

/// <summary>The streams that a command works with.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="input">Standard input; opened by the command that reads it.</param>
/// <param name="isTerminal">Whether somebody looks at what the program shows differently to people.</param>
public abstract class CommandStreams(TextWriter output, TextWriter error, Func<Stream> input, bool isTerminal)
{
    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    public Func<Stream> Input { get; } = input;

    public bool IsTerminal { get; } = isTerminal;
}
