using System.Diagnostics;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>Programs that users talk to an NBD server with.</summary>
internal static class Peer
{
    /// <summary>Skips the test unless all of these are installed.</summary>
    internal static void Require(params string[] programs)
    {
        string[] places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        foreach (string program in programs)
            Skip.IfNot(places.Any(place => File.Exists(Path.Combine(place, program))), $"{program} is not installed");
    }

    /// <summary>Runs one to its end; fails the test if its exit code is not 0.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    internal static string Run(string program, params string[] arguments)
    {
        (int exit, string output, string error) = TryRun(program, arguments);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)} exited with {exit}: {output}{error}");
        return output;
    }

    internal static (int Exit, string Output, string Error) TryRun(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill();
            Assert.Fail($"{program} {string.Join(' ', arguments)} hangs.");
        }
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Skips the test unless there is a Python that knows libnbd: the first on the path, or the system's.</summary>
    internal static string RequireLibnbd()
    {
        Require("python3");
        string? python = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(p => TryRun(p, "-c", "import nbd").Exit == 0);
        Skip.If(python is null, "no python3 has the module nbd (package python3-libnbd)");
        return python!;
    }

    /// <summary>Runs a script as nbdsh would, with a handle <c>h</c>.</summary>
    internal static string Script(params string[] lines) =>
        Run(RequireLibnbd(), "-c", string.Join('\n', lines.Prepend("import nbd; h = nbd.NBD()")));
}
