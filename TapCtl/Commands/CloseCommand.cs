using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class CloseCommand : TimedVbdCommand
{
    private bool _force;

    public override string Name => "close";

    public override string Usage => "usage: close <-p pid> <-m minor> [-f force] [-t timeout secs]\n";

    public override string Teaching => """
        Closes a disk's image; the disk stays attached.

          -f    does not wait for the guest's requests in flight
          -t    how long to wait for the tapdisk; then the exit code is 110

          tap-ctl close -p 4711 -m 0 -t 30

        """;

    protected override string Options => "p:m:ft:h";

    protected override void Take(char option, string argument)
    {
        if (option == 'f')
            _force = true;
        else
            base.Take(option, argument);
    }

    protected override int Act(CommandContext context)
    {
        TapdiskRequest request = _force ? new TapdiskRequest.ForceShutdown(Cookie) : new TapdiskRequest.Close(Cookie);
        Ask<TapdiskResponse.Close>(context, request, Timeout);
        return 0;
    }
}
