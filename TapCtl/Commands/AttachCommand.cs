using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class AttachCommand : VbdCommand
{
    public override string Name => "attach";

    public override string Usage => "usage: attach <-p pid> <-m minor>\n";

    public override string Teaching => """
        Gives an allocated minor to a tapdisk, which then has a disk of that number without an image.

          tap-ctl attach -p 4711 -m 0

        """;

    protected override string Options => "p:m:h";

    protected override bool HelpGoesToError => true;

    protected override int Act(CommandContext context)
    {
        Ask<TapdiskResponse.Attach>(context, new TapdiskRequest.Attach(Cookie));
        return 0;
    }
}
