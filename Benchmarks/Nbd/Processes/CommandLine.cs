namespace Tapvisor.Benchmarks.Nbd.Processes;

/// <summary>A program and its arguments.</summary>
internal sealed record CommandLine(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>For reports: a shell would read it back the same unless an argument holds quotes.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program).Select(Quoted));

    private static string Quoted(string argument) => argument.AsSpan().IndexOfAny(" '\"$&;?*") < 0 ? argument : $"'{argument}'";
}
