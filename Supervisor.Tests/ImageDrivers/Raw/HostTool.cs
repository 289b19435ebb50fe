using System.Diagnostics;

namespace Tapvisor.Tests.ImageDrivers.Raw;

/// <summary>Programs of the system that set the stage.</summary>
internal static class HostTool
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    internal static string Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{tool} exited with {process.ExitCode}: {errors}");
        return output.Trim();
    }
}
