using Tapvisor.Control;
using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

/// <summary>Older tap-ctl's: it looked for the kernel module; what matters now is that a service runs or can be started.</summary>
internal sealed class CheckCommand : Command
{
    private bool _hasArguments;

    public override string Name => "check";

    public override string Usage => "usage: check\n(checks whether environment is suitable for tapdisk2)\n";

    public override string Teaching => """
        Prints `ok' when disks can be created: Tapvisor's service runs, or can be found to start it. Otherwise prints
        what is missing and exits with its errno.

          tap-ctl check

        """;

    protected override string Options => "";

    protected override bool IsComplete => !_hasArguments;

    protected override bool TakeOperands(IReadOnlyList<string> operands) => operands.Count == 0;

    protected override void Take(char option, string argument) => _hasArguments = true;

    protected override int Act(CommandContext context)
    {
        try
        {
            if (ServiceFile.FindService(context.Directory) is null)
                _ = ServiceLauncher.FindExecutable();
            context.Output.Write("ok\n");
            return 0;
        }
        catch (ControlException e)
        {
            context.Output.Write(e.Message + "\n");
            throw;
        }
    }
}
