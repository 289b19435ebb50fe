namespace Tapvisor.TapCtl.Commands;

internal sealed class AllocateCommand : Command
{
    public override string Name => "allocate";

    public override string Usage => "usage: allocate\n";

    public override string Teaching => """
        Takes the lowest free minor and prints the path of its marker, whose name ends with the minor. Attach gives
        it to a tapdisk, free gives it back.

          tap-ctl allocate              prints e.g. /run/blktap-control/tapdisk/tapdisk-0

        """;

    protected override string Options => "h";

    protected override int Act(CommandContext context)
    {
        context.Output.Write(context.Directory.Marker(context.Minors.Allocate()) + "\n");
        return 0;
    }
}
