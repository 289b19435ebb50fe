using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class DetachCommand : VbdCommand
{
    public override string Name => "detach";

    public override string Usage => "usage: detach <-p pid> <-m minor>\n";

    public override string Teaching => """
        Takes a closed disk from its tapdisk. The minor stays allocated; free gives it back. An upstream tapdisk exits
        with its last disk.

          tap-ctl detach -p 4711 -m 0

        """;

    protected override string Options => "p:m:h";

    protected override int Act(CommandContext context)
    {
        Ask<TapdiskResponse.Detach>(context, new TapdiskRequest.Detach(Cookie));
        return 0;
    }
}
