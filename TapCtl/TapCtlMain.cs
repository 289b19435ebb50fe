using Tapvisor.CommandLine;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.TapCtl;

/// <summary>tap-ctl from its arguments to its exit code: control/tap-ctl.c, main.</summary>
internal static class TapCtlMain
{
    private const string DebugOption = "--debug";

    public static int Run(string[] arguments, CommandContext context) => VerbProgram.Run(
        arguments, context.Output, CommandTable.Usage, CommandTable.Teaching, (verb, rest) => CommandTable.Create(verb) is { } command
            ? Run(command, rest, context)
            : Fail(context, new ControlException(Errno.EINVAL, $"there is no command '{verb}'"), "tap-ctl", CommandTable.Usage));

    private static int Run(Command command, string[] arguments, CommandContext context)
    {
        if (Array.IndexOf(arguments, DebugOption) >= 0)
            context.Debug();
        try
        {
            return command.Run(context, Array.FindAll(arguments, argument => argument != DebugOption));
        }
        catch (ControlException e)
        {
            return Fail(context, e, $"tap-ctl {command.Name}");
        }
    }

    /// <summary>Says what happened, and in the last line what upstream would have said.</summary>
    private static int Fail(CommandContext context, ControlException error, string program, string usage = "")
    {
        if (!error.IsBare)
            context.Error.Write($"{program}: {error.Message}\n{usage}");
        context.Error.Write(Errno.Describe(error.Errno) + "\n");
        // An exit code has 8 bits, and an error must not become success.
        return error.Errno % 256 == 0 ? Errno.EIO : error.Errno % 256;
    }
}
