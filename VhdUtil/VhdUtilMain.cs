using Tapvisor.CommandLine;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil;

/// <summary>vhd-util from its arguments to its exit code: vhd/vhd-util.c, main.</summary>
internal static class VhdUtilMain
{
    /// <summary>Makes libvhd log; taken and ignored, since everything worth saying is said anyway.</summary>
    private const string DebugOption = "--debug";

    public static int Run(string[] arguments, VhdContext context) => VerbProgram.Run(
        arguments, context.Output, VhdVerbs.Usage, VhdVerbs.Teaching, (verb, rest) => Run(verb, rest, context));

    private static int Run(string verb, string[] arguments, VhdContext context)
    {
        if (VhdVerbs.Create(verb) is not { } command)
        {
            context.Error.Write($"invalid COMMAND {verb}\n");
            context.Output.Write(VhdVerbs.Usage);
            return Errno.EINVAL;
        }

        try
        {
            return ExitCode(command.Run(context, Array.FindAll(arguments, argument => argument != DebugOption)));
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
