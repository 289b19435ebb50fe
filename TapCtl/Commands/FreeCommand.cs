namespace Tapvisor.TapCtl.Commands;

internal sealed class FreeCommand : Command
{
    private int? _minor;

    public override string Name => "free";

    public override string Usage => "usage: free <-m minor>\n";

    public override string Teaching => """
        Gives back a minor that no tapdisk has attached.

          tap-ctl free -m 0

        """;

    protected override string Options => "m:h";

    protected override bool IsComplete => _minor is not null;

    protected override void Take(char option, string argument) => _minor = Number.Minor(argument);

    protected override int Act(CommandContext context)
    {
        context.Minors.Free(_minor!.Value);
        return 0;
    }
}
