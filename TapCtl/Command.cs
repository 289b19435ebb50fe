using Tapvisor.Native;

namespace Tapvisor.TapCtl;

/// <summary>One verb of tap-ctl: takes its options one by one, then acts. A new one for every run.</summary>
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
    protected virtual bool IsComplete => true;

    /// <summary>Whether -h goes to standard error, as it does for one of upstream's verbs.</summary>
    protected virtual bool HelpGoesToError => false;

    /// <summary>Parses the options and acts.</summary>
    /// <returns>The exit code: 0, or an errno.</returns>
    /// <exception cref="Messages.ControlException">It failed.</exception>
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
                    (HelpGoesToError ? context.Error : context.Output).Write(Usage);
                    return 0;
                case Getopt.Help:
                    context.Output.Write($"{Usage}\n{Teaching}");
                    return 0;
                default:
                    Take((char)option, getopt.Argument);
                    break;
            }
        }

        return IsComplete && TakeOperands(getopt.Operands) ? Act(context) : Misused(context);
    }

    /// <summary>Takes one option.</summary>
    protected virtual void Take(char option, string argument)
    {
    }

    /// <summary>Takes what is no option; false when that is wrong. Upstream's verbs ignore it.</summary>
    protected virtual bool TakeOperands(IReadOnlyList<string> operands) => true;

    protected abstract int Act(CommandContext context);

    private int Misused(CommandContext context)
    {
        context.Error.Write(Usage);
        context.Error.Write(Errno.Describe(Errno.EINVAL) + "\n");
        return Errno.EINVAL;
    }
}
