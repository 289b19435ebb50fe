using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class StatsCommand : VbdCommand
{
    public override string Name => "stats";

    public override string Usage =>
        "usage: stats <-p pid> <-m minor>\n\n"
        + "Prints a Python dictionary with the VBD stats. The images are listed in reverse order (leaf to root)\n";

    public override string Teaching => """
        The text is JSON as well, so that jq and the like can read it.

          tap-ctl stats -p 4711 -m 0

        """;

    protected override string Options => "p:m:h";

    protected override int Act(CommandContext context)
    {
        var stats = Ask<TapdiskResponse.Stats>(context, new TapdiskRequest.Stats(Cookie), context.Client.Patience);
        context.Output.Write(stats.Json + "\n\n");
        return 0;
    }
}
