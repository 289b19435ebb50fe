using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class DestroyCommand : TimedVbdCommand
{
    public override string Name => "destroy";

    public override string Usage => "usage: destroy <-p pid> <-m minor> [-t timeout secs]\n";

    public override string Teaching => """
        Undoes create: close, detach and free, up to the first that fails.

          -t    how long to wait for the close; then the exit code is 110

          tap-ctl destroy -p 4711 -m 0

        """;

    protected override string Options => "p:m:t:h";

    protected override int Act(CommandContext context)
    {
        Ask<TapdiskResponse.Close>(context, new TapdiskRequest.Close(Cookie), Timeout);
        Ask<TapdiskResponse.Detach>(context, new TapdiskRequest.Detach(Cookie));
        context.Minors.Free(Cookie);
        return 0;
    }
}
