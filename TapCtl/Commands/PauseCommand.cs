using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class PauseCommand : TimedVbdCommand
{
    public override string Name => "pause";

    public override string Usage => "usage: pause <-p pid> <-m minor> [-t timeout secs]\n";

    public override string Teaching => """
        Finishes the requests in flight, then closes the image and holds new requests back until unpause: the guest
        waits and sees no error.

          -t    how long to wait for the tapdisk; then the exit code is 110 and the pause goes on

          tap-ctl pause -p 4711 -m 0

        """;

    protected override string Options => "p:m:t:h";

    protected override int Act(CommandContext context)
    {
        Ask<TapdiskResponse.Pause>(context, new TapdiskRequest.Pause(Cookie), Timeout);
        return 0;
    }
}
