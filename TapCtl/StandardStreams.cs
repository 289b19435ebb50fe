using System.Text;
using Tapvisor.CommandLine;
using Tapvisor.Control;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.TapCtl;

/// <summary>The process's own streams.</summary>
internal static class StandardStreams
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs a program on them, and makes sure that its exit code does not say success when its output was lost.</summary>
    public static int Run(string program, Func<CommandContext, int> main)
    {
        // Buffered: what a command says reaches a pipe in one piece.
        StreamWriter output = new(new DescriptorStream(1), Encoding);
        StreamWriter error = new(new DescriptorStream(2), Encoding);
        int code;
        try
        {
            code = main(new CommandContext(output, error, Console.OpenStandardInput, LibC.isatty(1) != 0, ControlDirectory.FromEnvironment()));
            output.Flush();
        }
        catch (IOException e)
        {
            error.Write($"{program}: {e.Message}\n{Errno.Describe(Errno.EIO)}\n");
            code = Errno.EIO;
        }

        error.Flush();
        return code;
    }
}
