using Tapvisor.Control;
using Tapvisor.TapCtl;

namespace Tapvisor.Tests.TapCtl;

/// <summary>What a run of tap-ctl, in this process, came to.</summary>
internal sealed record TapCtlRun(int ExitCode, string Output, string Error)
{
    public static TapCtlRun Of(
        ControlDirectory directory, string[] arguments, bool isTerminal = false, Stream? input = null, TimeSpan? patience = null)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        CommandContext context = new(output, error, () => input ?? Stream.Null, isTerminal, directory, patience);
        int code = TapCtlMain.Run(arguments, context);
        return new TapCtlRun(code, output.ToString(), error.ToString());
    }
}
