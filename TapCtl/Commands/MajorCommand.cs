using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.TapCtl.Commands;

/// <summary>Older tap-ctl's: the block major of the kernel's blktap driver, which upstream has given up.</summary>
internal sealed class MajorCommand : Command
{
    /// <summary>No block device has it, so a script that compares a device's major with it rightly finds no tapdisk device.</summary>
    private const string NoMajor = "0";

    private const string DriverName = "tapdev";

    private bool _character;

    public override string Name => "major";

    public override string Usage => "usage: major [-h]\n";

    public override string Teaching => """
        For old scripts. Prints the block major of the kernel's tapdev driver, or 0 where the kernel has none: disks
        are reached over NBD sockets then.

          tap-ctl major

        """;

    protected override string Options => "bch";

    protected override void Take(char option, string argument) => _character = option == 'c';

    protected override int Act(CommandContext context)
    {
        if (_character)
            throw new ControlException(Errno.EINVAL, "tapdisk devices are block devices");
        context.Output.Write(FindMajor() + "\n");
        return 0;
    }

    /// <summary>/proc/devices has one line "major name" for each driver.</summary>
    private static string FindMajor()
    {
        foreach (string line in File.ReadLines("/proc/devices"))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var major, DriverName])
                return major;
        }

        return NoMajor;
    }
}
