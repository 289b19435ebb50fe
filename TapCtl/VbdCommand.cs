using Tapvisor.Messages;

namespace Tapvisor.TapCtl;

/// <summary>A verb about one VBD of one tapdisk: -p pid and -m minor are required.</summary>
internal abstract class VbdCommand : Command
{
    protected int? Pid { get; private set; }

    protected int? Minor { get; private set; }

    /// <summary>The minor as messages carry it.</summary>
    protected ushort Cookie => (ushort)Minor!.Value;

    protected override bool IsComplete => Pid is not null && Minor is not null;

    protected override void Take(char option, string argument)
    {
        if (option == 'p')
            Pid = Number.Pid(argument);
        else if (option == 'm')
            Minor = Number.Minor(argument);
    }

    /// <summary>Sends a request to the tapdisk and waits for its answer.</summary>
    protected T Ask<T>(CommandContext context, TapdiskRequest request, TimeSpan? timeout = null)
        where T : TapdiskResponse => context.Client.Ask<T>(Pid!.Value, request, timeout);
}
