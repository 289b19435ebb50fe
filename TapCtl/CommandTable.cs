using Tapvisor.TapCtl.Commands;

namespace Tapvisor.TapCtl;

/// <summary>The verbs, in the order in which the usage shows them: upstream's, those of older releases, Tapvisor's own.</summary>
internal static class CommandTable
{
    public const string Usage =
        "usage: tap-ctl COMMAND [OPTIONS]\nCOMMAND := { list | allocate | free | create | destroy | spawn | attach | detach | open | "
        + "close | pause | unpause | stats | major | check | inject }\n";

    /// <summary>What `tap-ctl --help` adds.</summary>
    public const string Teaching = """
        tap-ctl controls tapdisks, which serve disk images to guests and over NBD. A disk has a minor, its number;
        a tapdisk is known by its pid, and one Tapvisor service is the tapdisk of any number of disks. They meet in
        /run/blktap-control, or where TAPVISOR_CONTROL_DIR says.

          tap-ctl create -a vhd:/srv/a.vhd     serves an image; prints .../tapdisk-MINOR
          tap-ctl list                         what is served, by which pid, as which minor
          tap-ctl stats -p PID -m MINOR        counters of a disk
          tap-ctl pause -p PID -m MINOR        holds the guest's requests, e.g. to take a snapshot,
          tap-ctl unpause -p PID -m MINOR      and goes on
          tap-ctl destroy -p PID -m MINOR      ends it

        create is allocate + spawn + attach + open, destroy is close + detach + free. `tap-ctl COMMAND --help' says
        more about each. --debug behind a command shows the messages. The exit code is 0 or an errno; the last line
        on standard error names it, a line before it says what happened.

        """;

    /// <summary>A new command, or null when there is none of that name.</summary>
    public static Command? Create(string name) => name switch
    {
        "list" => new ListCommand(),
        "allocate" => new AllocateCommand(),
        "free" => new FreeCommand(),
        "create" => new CreateCommand(),
        "destroy" => new DestroyCommand(),
        "spawn" => new SpawnCommand(),
        "attach" => new AttachCommand(),
        "detach" => new DetachCommand(),
        "open" => new OpenCommand(),
        "close" => new CloseCommand(),
        "pause" => new PauseCommand(),
        "unpause" => new UnpauseCommand(),
        "stats" => new StatsCommand(),
        "major" => new MajorCommand(),
        "check" => new CheckCommand(),
        "inject" => new InjectCommand(),
        _ => null,
    };
}
