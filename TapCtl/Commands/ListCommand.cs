using System.Globalization;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.TapCtl.Commands;

internal sealed class ListCommand : Command
{
    private int? _pid;
    private int? _minor;
    private string? _type;
    private string? _file;

    public override string Name => "list";

    public override string Usage =>
        "usage: list [-h] [-p pid] [-m minor] [-t type] [-f file]\n\nLists tapdisks in the following format:\n"
        + Row("pid", "minor", "state", "type", "file");

    public override string Teaching => """
        Shows every tapdisk and what it serves: a table on a terminal, else name=value pairs, one line for each
        disk. A tapdisk without disks is a line with its pid alone, an allocated minor that no tapdisk has attached
        one with the minor alone. A state of 0 is attached or open, 0x2 closed, 0x2a paused, 0x22a paused because
        unpause failed. A tapdisk that does not answer within 10 seconds is left out with a warning.

          tap-ctl list                  everything
          tap-ctl list -p 4711          the disks of one tapdisk
          tap-ctl list -f /srv/a.vhd    who serves this image

        """;

    protected override string Options => "m:p:t:f:h";

    protected override void Take(char option, string argument)
    {
        switch (option)
        {
            case 'm':
                _minor = Number.Minor(argument);
                break;
            case 'p':
                _pid = Number.Pid(argument);
                break;
            case 't':
                _type = argument;
                break;
            case 'f':
                _file = argument;
                break;
        }
    }

    protected override int Act(CommandContext context)
    {
        TapdiskListing listing = new(context.Client, e => Warn(context, e));
        foreach (TapdiskEntry entry in _pid is { } pid ? listing.Of(pid) : listing.All())
        {
            if (IsWanted(entry))
                context.Output.Write(context.IsTerminal ? Row(entry) : Pairs(entry));
        }

        return 0;
    }

    /// <summary>The socket of a dead tapdisk is nothing to speak of: nobody tidies up behind upstream's.</summary>
    private static void Warn(CommandContext context, ControlException error)
    {
        if (error.Errno is not (Errno.ECONNREFUSED or Errno.ENOENT))
            context.Error.Write($"tap-ctl list: {error.Message}\n");
    }

    private bool IsWanted(TapdiskEntry entry) =>
        (_minor is null || entry.Minor == _minor)
        && (_pid is null || entry.Pid == _pid)
        && (_type is null || entry.ImageType == _type)
        && (_file is null || entry.Path == _file);

    /// <summary>control/tap-ctl.c, tap_cli_list_row.</summary>
    private static string Row(TapdiskEntry entry) => Row(
        entry.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",
        entry.Minor?.ToString(CultureInfo.InvariantCulture) ?? "-",
        entry.State is { } state ? Hex(state) : "-",
        entry.ImageType ?? "-",
        entry.Path ?? "-");

    private static string Row(string pid, string minor, string state, string type, string file) =>
        $"{pid,8} {minor,4} {state,4} {type,10} {file}\n";

    /// <summary>control/tap-ctl.c, tap_cli_list_dict.</summary>
    private static string Pairs(TapdiskEntry entry)
    {
        List<string> pairs = [];
        if (entry.Pid is { } pid)
            pairs.Add($"pid={pid}");
        if (entry.Minor is { } minor)
            pairs.Add($"minor={minor}");
        if (entry.State is { } state)
            pairs.Add($"state={Hex(state)}");
        if (entry.ImageType is not null)
            pairs.Add($"args={entry.ImageType}:{entry.Path}");
        return string.Join(' ', pairs) + "\n";
    }

    /// <summary>printf's %#x.</summary>
    private static string Hex(VbdState state) => state == VbdState.None ? "0" : $"0x{(int)state:x}";
}
