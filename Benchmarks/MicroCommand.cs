using System.CommandLine;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Tapvisor.Benchmarks;

/// <summary><c>benchmarks micro</c>: every BenchmarkDotNet class of this assembly, or those that its own arguments choose.</summary>
internal static class MicroCommand
{
    internal static Command Create()
    {
        var command = new Command(
            "micro",
            "Runs the micro-benchmarks of single parts. Takes BenchmarkDotNet's own arguments, such as --list flat or --filter '*IoTask*'.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(parsed => Run([.. parsed.UnmatchedTokens]));
        return command;
    }

    // The classes say [InProcess]: BenchmarkDotNet's own way builds a project below artifacts/, under this repository's rules for warnings.
    private static int Run(string[] arguments)
    {
        IEnumerable<Summary> summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(arguments);
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
