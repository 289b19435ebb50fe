using Tapvisor.CommandLine;
using Tapvisor.Native;

namespace Tapvisor.TapCtl;

/// <summary>One verb of tap-ctl.</summary>
internal abstract class Command : Verb
{
    protected override bool IsComplete => true;

    /// <summary>Whether -h goes to standard error, as it does for one of upstream's verbs.</summary>
    protected virtual bool HelpGoesToError => false;

    /// <summary>Parses the options and acts.</summary>
    /// <returns>The exit code: 0, or an errno.</returns>
    /// <exception cref="Messages.ControlException">It failed.</exception>
    public int Run(CommandContext context, string[] arguments) => Parse(context, arguments) ?? Act(context);

    protected override bool TryTake(CommandStreams streams, char option, string argument)
    {
        Take(option, argument);
        return true;
    }

    /// <summary>Takes one option.</summary>
    protected virtual void Take(char option, string argument)
    {
    }

    /// <summary>Upstream's verbs ignore what is no option.</summary>
    protected override bool TakeOperands(IReadOnlyList<string> operands) => true;

    protected abstract int Act(CommandContext context);

    protected override int ShowUsage(CommandStreams streams)
    {
        (HelpGoesToError ? streams.Error : streams.Output).Write(Usage);
        return 0;
    }

    protected override int Misused(CommandStreams streams)
    {
        streams.Error.Write(Usage);
        streams.Error.Write(Errno.Describe(Errno.EINVAL) + "\n");
        return Errno.EINVAL;
    }
}
