using System.Text;
using Tapvisor.CommandLine;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.VhdUtil;

/// <summary>The process's own streams.</summary>
internal static class VhdStreams
{
    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);

    private static int Width() => (LibC.isatty(1) != 0 || LibC.isatty(2) != 0) && Console.WindowWidth is > 0 and int width
        ? width
        : VhdContext.UsualWidth;

    /// <summary>Runs a program on them, and makes sure that its exit code does not say success when its output was lost.</summary>
    public static int Run(string program, Func<VhdContext, int> main)
    {
        // Buffered: what a command says reaches a pipe in one piece.
        using DescriptorStream binary = new(1);
        using StreamWriter output = new(binary, s_encoding);
        using StreamWriter error = new(new DescriptorStream(2), s_encoding) { AutoFlush = true };
        try
        {
            int code = main(new VhdContext(output, error, Console.OpenStandardInput, binary, LibC.isatty(2) != 0) { Width = Width });
            output.Flush();
            return code;
        }
        catch (IOException e)
        {
            error.Write($"{program}: {e.Message}\n");
            return Errno.EIO;
        }
    }
}
