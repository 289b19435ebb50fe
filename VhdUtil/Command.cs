using Tapvisor.BlockIo;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil;

/// <summary>One verb of vhd-util: takes its options one by one, then acts. A new one for every run.</summary>
internal abstract class Command
{
    public abstract string Name { get; }

    /// <summary>What -h and wrong options show: upstream's text where upstream has the verb.</summary>
    public abstract string Usage { get; }

    /// <summary>What --help adds to <see cref="Usage"/>: what the verb is for, and examples.</summary>
    public abstract string Teaching { get; }

    /// <summary>The option characters in getopt(3)'s notation.</summary>
    protected abstract string Options { get; }

    /// <summary>Whether the options taken suffice to act.</summary>
    protected abstract bool IsComplete { get; }

    /// <summary>What -h exits with: upstream's verbs differ.</summary>
    protected virtual int HelpExitCode => Errno.EINVAL;

    /// <summary>Whether the usage goes to standard error, as it does for one of upstream's verbs.</summary>
    protected virtual bool UsageGoesToError => false;

    /// <summary>Parses the options and acts.</summary>
    /// <returns>The exit code: 0, or an errno.</returns>
    public int Run(CommandContext context, string[] arguments)
    {
        Getopt getopt = new(Name, Options, arguments, context.Error);
        for (int option; (option = getopt.Next()) != Getopt.End;)
        {
            switch (option)
            {
                case '?':
                    return Misused(context);
                case 'h':
                    _ = Misused(context);
                    return HelpExitCode;
                case Getopt.Help:
                    context.Output.Write($"{Usage}\n{Teaching}");
                    return 0;
                default:
                    if (Take((char)option, getopt.Argument) is { } complaint)
                    {
                        context.Error.Write($"{Name}: {complaint}\n");
                        return Misused(context);
                    }

                    break;
            }
        }

        return TakeOperands(getopt.Operands) && IsComplete ? Act(context) : Misused(context);
    }

    /// <summary>Takes one option.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    protected abstract string? Take(char option, string argument);

    /// <summary>Takes what is no option; false when that is wrong.</summary>
    protected virtual bool TakeOperands(IReadOnlyList<string> operands) => operands.Count == 0;

    /// <summary>Acts.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="BlockException">It failed, and nothing was said about it yet.</exception>
    protected abstract int Act(CommandContext context);

    /// <summary>Shows the usage.</summary>
    /// <returns>EINVAL.</returns>
    protected int Misused(CommandContext context)
    {
        (UsageGoesToError ? context.Error : context.Output).Write(Usage);
        return Errno.EINVAL;
    }

    /// <summary>Says upstream's line on standard output, which ends with the errno, and the sentence on standard error.</summary>
    /// <returns>The exit code.</returns>
    protected int Fail(CommandContext context, string line, BlockException error)
    {
        context.Output.Write($"{line}: {-error.Errno}\n");
        Explain(context, error);
        return error.Errno;
    }

    /// <summary>Says the sentence on standard error.</summary>
    protected void Explain(CommandContext context, BlockException error) => context.Error.Write($"vhd-util {Name}: {error.Message}\n");
}
