using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Tapvisor.Benchmarks;

/// <summary><c>benchmarks micro</c>: every BenchmarkDotNet class of this assembly, or those that its own arguments choose.</summary>
internal static class MicroCommand
{
    internal static Command Create()
    {
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "BenchmarkDotNet's own arguments, such as --filter '*IoTask*' or --list flat; after -- if they look like options.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("micro", "Runs the micro-benchmarks of single parts with BenchmarkDotNet.") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed => Run([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens]));
        return command;
    }

    // In this process: BenchmarkDotNet's own way builds a project below artifacts/, under this repository's rules for warnings.
    private static void Run(string[] arguments) =>
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly)
            .Run(arguments, DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)));
}
