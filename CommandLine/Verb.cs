namespace Tapvisor.CommandLine;

/// <summary>
/// One verb of a program such as `tap-ctl list`: takes its options one by one, then acts. A new one for every run. Not generic in what it
/// acts on: such code could not be precompiled, and the programs are to start fast.
/// </summary>
public abstract class Verb
{
    public abstract string Name { get; }

    /// <summary>What -h and wrong options show: upstream's text where upstream has the verb.</summary>
    public abstract string Usage { get; }

    /// <summary>What --help adds to <see cref="Usage"/>: what the verb is for, and examples.</summary>
    public abstract string Teaching { get; }

    /// <summary>The option characters in getopt(3)'s notation.</summary>
    protected abstract string Options { get; }

    /// <summary>Whether the options and operands taken suffice to act.</summary>
    protected abstract bool IsComplete { get; }

    /// <summary>Takes options and operands.</summary>
    /// <returns>The exit code when there is nothing left to do, or null when the verb may act.</returns>
    protected int? Parse(CommandStreams streams, string[] arguments)
    {
        Getopt getopt = new(Name, Options, arguments, streams.Error);
        for (int option; (option = getopt.Next()) != Getopt.End;)
        {
            switch (option)
            {
                case '?':
                    return Misused(streams);
                case 'h':
                    return ShowUsage(streams);
                case Getopt.Help:
                    streams.Output.Write($"{Usage}\n{Teaching}");
                    return 0;
                default:
                    if (!TryTake(streams, (char)option, getopt.Argument))
                        return Misused(streams);
                    break;
            }
        }

        return TakeOperands(getopt.Operands) && IsComplete ? null : Misused(streams);
    }

    /// <summary>Takes one option; false when it is wrong, which has been said.</summary>
    protected abstract bool TryTake(CommandStreams streams, char option, string argument);

    /// <summary>Takes what is no option; false when that is wrong.</summary>
    protected abstract bool TakeOperands(IReadOnlyList<string> operands);

    /// <summary>-h.</summary>
    /// <returns>The exit code.</returns>
    protected abstract int ShowUsage(CommandStreams streams);

    /// <summary>Shows the usage to somebody who called the verb wrongly.</summary>
    /// <returns>The exit code.</returns>
    protected abstract int Misused(CommandStreams streams);
}
