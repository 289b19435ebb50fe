using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tapvisor.Benchmarks.Nbd.Report;

/// <summary>The report for programs: the same, with every run.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // µ and + as themselves: nothing puts this into a web page
    };

    internal static string Format(BenchmarkReport report) => JsonSerializer.Serialize(report, Options);
}
