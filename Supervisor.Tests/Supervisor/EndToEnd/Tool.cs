using System.Diagnostics;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>Programs that users have, run as users run them.</summary>
internal static class Tool
{
    /// <summary>Environment variable: the tree to test, as scripts/publish.sh made it.</summary>
    private const string TreeVariable = "TAPVISOR_TREE";

    private static readonly Dictionary<string, string> s_places = new()
    {
        ["tapvisord"] = "libexec/tapvisor",
        ["tapdisk"] = "libexec",
        ["tap-ctl"] = "sbin",
        ["vhd-util"] = "bin",
    };

    /// <summary>Skips the test where a program is missing.</summary>
    internal static void Require(params string[] programs)
    {
        foreach (string program in programs)
            Skip.If(Find(program) is null, $"{program} is not installed");
    }

    /// <summary>Runs a program to its end and fails the test unless it exits with 0.</summary>
    /// <returns>Its standard output.</returns>
    internal static async Task<string> RunAsync(string program, params string[] arguments)
    {
        ToolResult result = await TryAsync(program, new Dictionary<string, string>(), arguments);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}\n{result.Error}");
        return result.Output;
    }

    /// <summary>Runs a program to its end.</summary>
    internal static Task<ToolResult> TryAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        TryAsync(program, environment, [], arguments);

    /// <summary>As the other, with something on its standard input.</summary>
    internal static async Task<ToolResult> TryAsync(
        string program, IReadOnlyDictionary<string, string> environment, byte[] input, params string[] arguments)
    {
        using Process process = Start(program, environment, arguments);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ToolResult(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a program; its output must be read.</summary>
    internal static Process Start(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
    }

    /// <summary>
    /// One of this repository's own executables: that of the tree which scripts/publish.sh made, where the environment names one, else the
    /// managed one of the same configuration as the tests.
    /// </summary>
    internal static string Own(string project, string executable) => Environment.GetEnvironmentVariable(TreeVariable) is { Length: > 0 } tree
        ? Path.GetFullPath(Path.Combine(tree, "usr", s_places[executable], executable))
        : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../..", project, new DirectoryInfo(AppContext.BaseDirectory).Name, executable));

    private static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return File.Exists(program) ? program : null;
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(':').Append("/usr/sbin").Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }
}
