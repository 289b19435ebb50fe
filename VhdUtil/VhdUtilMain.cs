using Tapvisor.BlockIo;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil;

/// <summary>vhd-util from its arguments to its exit code: vhd/vhd-util.c, main.</summary>
internal static class VhdUtilMain
{
    /// <summary>Makes libvhd log; taken and ignored, since everything worth saying is said anyway.</summary>
    private const string DebugOption = "--debug";

    public static int Run(string[] arguments, CommandContext context)
    {
        if (arguments is [] or ["-h"])
        {
            context.Output.Write(CommandTable.Usage);
            return 0;
        }

        if (arguments is ["--help"] or ["help"])
        {
            context.Output.Write($"{CommandTable.Usage}\n{CommandTable.Teaching}");
            return 0;
        }

        if (arguments is ["help", var about])
            arguments = [about, "--help"];
        if (CommandTable.Create(arguments[0]) is not { } command)
        {
            context.Error.Write($"invalid COMMAND {arguments[0]}\n");
            context.Output.Write(CommandTable.Usage);
            return Errno.EINVAL;
        }

        try
        {
            return ExitCode(command.Run(context, Array.FindAll(arguments[1..], argument => argument != DebugOption)));
        }
        catch (BlockException e)
        {
            context.Error.Write($"vhd-util {command.Name}: {e.Message}\n");
            return ExitCode(e.Errno);
        }
        catch (SimulatedFailureException)
        {
            return Errno.EINVAL;
        }
    }

    /// <summary>An exit code has 8 bits, and an error must not become success.</summary>
    private static int ExitCode(int errno) => errno == 0 ? 0 : errno % 256 == 0 ? Errno.EIO : errno % 256;
}
