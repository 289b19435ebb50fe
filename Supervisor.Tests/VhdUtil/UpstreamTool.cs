using System.Diagnostics;
using System.Text;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>
/// Upstream's vhd-util, built by whoever runs the tests: the judge of what is written here. Its libraries, the one for encryption included,
/// are looked for in lib beside its directory.
/// </summary>
internal static class UpstreamTool
{
    /// <summary>Environment variable: the path of its program.</summary>
    internal const string Variable = "TAPVISOR_UPSTREAM_VHD_UTIL";

    internal static string? Program => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Skips the test where there is none.</summary>
    internal static void Require() =>
        Skip.If(Program is null, $"{Variable} does not name a vhd-util of upstream's (docs/vhd-crash-safety.md tells how to get one).");

    /// <summary>A run that has to succeed.</summary>
    /// <returns>What it wrote to standard output.</returns>
    internal static byte[] Ok(params string[] arguments)
    {
        (int code, byte[] output, string error) = Run(arguments);
        Assert.True(
            code == 0,
            $"Upstream's {string.Join(' ', arguments)} exits with {code}: {Encoding.UTF8.GetString(output)}{error}");
        return output;
    }

    /// <summary>A run.</summary>
    /// <returns>Exit code, standard output and standard error.</returns>
    internal static (int Code, byte[] Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Program!)!, "../lib"));
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return (process.ExitCode, output.ToArray(), error.Result);
    }

    /// <summary>All of a disk that is not fixed, through its chain.</summary>
    internal static byte[] Read(string path, int sectors) => Ok("read", "-r", "0", "-c", $"{sectors}", "-n", path);
}
