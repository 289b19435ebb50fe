using Tapvisor.CommandLine;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil;

/// <summary>One verb of vhd-util.</summary>
internal abstract class VhdVerb : Verb
{
    /// <summary>What -h exits with: upstream's verbs differ.</summary>
    protected virtual int HelpExitCode => Errno.EINVAL;

    /// <summary>Whether the usage goes to standard error, as it does for one of upstream's verbs.</summary>
    protected virtual bool UsageGoesToError => false;

    /// <summary>Parses the options and acts.</summary>
    /// <returns>The exit code: 0, or an errno.</returns>
    public int Run(VhdContext context, string[] arguments) => Parse(context, arguments) ?? Act(context);

    protected override bool TryTake(CommandStreams streams, char option, string argument)
    {
        string? complaint = Take(option, argument);
        if (complaint is not null)
            streams.Error.Write($"{Name}: {complaint}\n");
        return complaint is null;
    }

    /// <summary>Takes one option.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    protected abstract string? Take(char option, string argument);

    protected override bool TakeOperands(IReadOnlyList<string> operands) => operands.Count == 0;

    /// <summary>Acts.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="BlockException">It failed, and nothing was said about it yet.</exception>
    protected abstract int Act(VhdContext context);

    protected override int ShowUsage(CommandStreams streams)
    {
        _ = Misused(streams);
        return HelpExitCode;
    }

    protected override int Misused(CommandStreams streams)
    {
        (UsageGoesToError ? streams.Error : streams.Output).Write(Usage);
        return Errno.EINVAL;
    }

    /// <summary>Says upstream's line on standard output, which ends with the errno, and the sentence on standard error.</summary>
    /// <returns>The exit code.</returns>
    protected int Fail(VhdContext context, string line, BlockException error)
    {
        context.Output.Write($"{line}: {-error.Errno}\n");
        Explain(context, error);
        return error.Errno;
    }

    /// <summary>Says the sentence on standard error.</summary>
    protected void Explain(VhdContext context, BlockException error) => context.Error.Write($"vhd-util {Name}: {error.Message}\n");
}
