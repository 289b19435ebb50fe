using Tapvisor.Control;

namespace Tapvisor.TapCtl.Commands;

internal sealed class SpawnCommand : Command
{
    public override string Name => "spawn";

    public override string Usage => "usage: spawn\n";

    public override string Teaching => """
        Prints the pid of Tapvisor's service, which is started if it does not run. One service is the tapdisk of all
        disks; they are told apart by their minors.

          tap-ctl spawn

        """;

    protected override string Options => "h";

    protected override int Act(CommandContext context)
    {
        int pid = new ServiceLauncher(context.Client).EnsureService();
        context.Output.Write(context.IsTerminal ? $"tapdisk spawned with pid {pid}\n" : $"{pid}\n");
        return 0;
    }
}
