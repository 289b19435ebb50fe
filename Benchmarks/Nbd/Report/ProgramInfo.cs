using Tapvisor.Benchmarks.Nbd.Processes;

namespace Tapvisor.Benchmarks.Nbd.Report;

/// <summary>A program of the benchmark, as the report names it.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Version">What it says of itself.</param>
/// <param name="Settings">How it was run; empty for the client.</param>
internal sealed record ProgramInfo(string Name, string Version, string Settings)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Asks the program.</summary>
    internal static async Task<ProgramInfo> AskAsync(string name, string program, string settings, CancellationToken cancellation)
    {
        ProcessResult result = await ChildProcess.RunAsync(new ProgramCall(program, ["--version"]), Limit, cancellation);
        string first = result.Output.Split('\n')[0].Trim();
        return new ProgramInfo(name, first.Length > 0 ? first : "version unknown", settings);
    }
}
