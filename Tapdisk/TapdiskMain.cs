using Tapvisor.CommandLine;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tapvisor.TapCtl;

namespace Tapvisor.Tapdisk;

/// <summary>
/// What upstream's tap-ctl executes for `spawn` and reads the control socket's path from (drivers/tapdisk2.c, main;
/// control/tap-ctl-spawn.c): here every run ends at the one service of the control directory, started if need be.
/// </summary>
internal static class TapdiskMain
{
    private const string Teaching = """

        Prints the path of the control socket of Tapvisor's service, which is started if it does not run. For upstream's
        tap-ctl, which runs this program for `spawn' and `create'; people use `tap-ctl spawn'.

          -D    becomes a service in the foreground instead

        """;

    private const string Usage = "usage: tapdisk [-D] [-h]\n";

    public static int Run(string[] arguments, CommandContext context)
    {
        bool foreground = false;
        Getopt getopt = new("tapdisk", "Dh", arguments, context.Error);
        for (int option; (option = getopt.Next()) != Getopt.End;)
        {
            switch (option)
            {
                case 'D':
                    foreground = true;
                    break;
                case 'h':
                    context.Error.Write(Usage);
                    return 0;
                case Getopt.Help:
                    context.Output.Write(Usage + Teaching);
                    return 0;
                default:
                    context.Error.Write(Usage);
                    return Errno.EINVAL;
            }
        }

        if (getopt.Operands.Count > 0)
        {
            context.Error.Write(Usage);
            return Errno.EINVAL;
        }

        try
        {
            if (foreground)
                ServiceLauncher.BecomeService();
            int pid = new ServiceLauncher(context.Client).EnsureService();
            context.Output.Write(context.Directory.ControlSocket(pid) + "\n");
            return 0;
        }
        catch (ControlException e)
        {
            context.Error.Write($"tapdisk: {e.Message}\n");
            return e.Errno;
        }
    }
}
