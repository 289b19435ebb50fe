using Tapvisor.Messages;
using static Tapvisor.Messages.TapdiskMessageFlags;

namespace Tapvisor.TapCtl.Commands;

internal sealed class UnpauseCommand : VbdCommand
{
    private string _image = "";
    private string _secondary = "";
    private string _logPath = "";
    private TapdiskMessageFlags _flags;

    public override string Name => "unpause";

    public override string Usage =>
        "usage: unpause <-p pid> <-m minor> [-a type:/path/to/file] [-2 secondary] "
        + "[-c </path/to/logfile> insert log layer to track changed blocks]\n";

    public override string Teaching => """
        Opens a paused disk's image again, or another one of the same size, and lets the guest's requests go on.

          -a    the image to go on with: after a snapshot, or a copy to another place
          -2    the secondary image from now on; `null' for none
          -c    log of changed blocks; without it changes are not tracked any more

          tap-ctl unpause -p 4711 -m 0
          tap-ctl unpause -p 4711 -m 0 -a vhd:/srv/snapshot.vhd

        """;

    protected override string Options => "p:m:a:2:c:h";

    protected override void Take(char option, string argument)
    {
        switch (option)
        {
            case 'a':
                _image = argument;
                break;
            case '2':
                _flags |= TAPDISK_MESSAGE_FLAG_SECONDARY;
                _secondary = argument;
                break;
            case 'c':
                _flags |= TAPDISK_MESSAGE_FLAG_ADD_LOG;
                _logPath = argument;
                break;
            default:
                base.Take(option, argument);
                break;
        }
    }

    protected override int Act(CommandContext context)
    {
        // Upstream's client leaves the fields that RESUME does not use at zero, the parent's minor too.
        TapdiskParams parameters = new() { Flags = _flags, Path = _image, Secondary = _secondary, ParentMinor = 0 };
        Ask<TapdiskResponse.Resume>(context, new TapdiskRequest.Resume(Cookie, parameters, _logPath));
        return 0;
    }
}
