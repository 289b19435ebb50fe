using System.Text;
using Tapvisor.VhdUtil;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>What a run of vhd-util, in this process, came to.</summary>
internal sealed record VhdUtilRun(int ExitCode, string Output, string Error, byte[] Bytes)
{
    public static VhdUtilRun Of(params string[] arguments) => Of(arguments, null, null);

    /// <summary>A run that has to succeed.</summary>
    /// <returns>Its output.</returns>
    public static string Ok(params string[] arguments)
    {
        VhdUtilRun run = Of(arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)} exits with {run.ExitCode}: {run.Output}{run.Error}");
        return run.Output;
    }

    public static VhdUtilRun Of(string[] arguments, string? failAt, Stream? input) => Of(arguments, failAt, input, isTerminal: false);

    /// <summary>A run that has to succeed, on a terminal of so many columns.</summary>
    public static VhdUtilRun OnTerminal(int width, params string[] arguments)
    {
        VhdUtilRun run = Of(arguments, null, null, isTerminal: true, width);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)} exits with {run.ExitCode}: {run.Output}{run.Error}");
        return run;
    }

    private static VhdUtilRun Of(
        string[] arguments, string? failAt, Stream? input, bool isTerminal, int width = VhdContext.UsualWidth)
    {
        using MemoryStream binary = new();
        using StreamWriter output = new(binary, new UTF8Encoding(false));
        using StringWriter error = new();
        VhdContext context = new(output, error, () => input ?? Stream.Null, binary, isTerminal)
        {
            Width = () => width,
            Environment = name => name == failAt ? "1" : null,
        };
        int code = VhdUtilMain.Run(arguments, context);
        output.Flush();
        return new VhdUtilRun(code, Encoding.UTF8.GetString(binary.ToArray()), error.ToString(), binary.ToArray());
    }
}
