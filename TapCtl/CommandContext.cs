using Tapvisor.CommandLine;
using Tapvisor.Control;
using Tapvisor.Messages;

namespace Tapvisor.TapCtl;

/// <summary>What a command works with: its streams and the control directory.</summary>
internal sealed class CommandContext : CommandStreams
{
    private bool _debug;

    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="input">Standard input; opened by the command that reads it.</param>
    /// <param name="isTerminal">Whether standard output is a terminal: lists are tables then.</param>
    /// <param name="directory">Where the tapdisks are.</param>
    /// <param name="patience">How long a tapdisk may be silent; null for the usual time.</param>
    public CommandContext(
        TextWriter output, TextWriter error, Func<Stream> input, bool isTerminal, ControlDirectory directory, TimeSpan? patience = null)
        : base(output, error, input, isTerminal)
    {
        Directory = directory;
        Client = new ControlClient(directory, Trace, patience);
    }

    public ControlDirectory Directory { get; }

    public ControlClient Client { get; }

    public MinorMarkers Minors => new(Directory);

    /// <summary>From now on every message shows on standard output, as upstream's --debug has it.</summary>
    public void Debug() => _debug = true;

    private void Trace(TapdiskMessage message)
    {
        if (_debug)
        {
            string way = message is TapdiskRequest ? "sending" : "received";
            Output.Write($"{way} '{message.Type.Describe()}' message (uuid = {message.Cookie})\n");
        }
    }
}
