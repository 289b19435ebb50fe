using System.Text.Json;

namespace Tapvisor.Benchmarks.Nbd.Report;

/// <summary>The report for programs: the same, with every run.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    internal static string Format(BenchmarkReport report) => JsonSerializer.Serialize(report, Options);
}
