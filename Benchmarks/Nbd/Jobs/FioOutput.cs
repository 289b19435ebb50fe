using System.Text.Json;

namespace Tapvisor.Benchmarks.Nbd.Jobs;

/// <summary>Reads what <c>fio --output-format=json</c> prints for a single job (fio(1), "JSON OUTPUT").</summary>
internal static class FioOutput
{
    private const double NanosecondsPerMicrosecond = 1000;

    /// <summary>Reads the direction that the job used.</summary>
    /// <param name="text">Standard output; messages of the engine may stand before the JSON.</param>
    /// <param name="job">What was run.</param>
    /// <exception cref="BenchmarkException">It is no such output, or the job reports errors or no I/O at all.</exception>
    internal static FioResult Parse(string text, FioJob job)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Json(text));
            JsonElement result = document.RootElement.GetProperty("jobs")[0];
            int error = result.GetProperty("error").GetInt32();
            if (error != 0)
                throw new BenchmarkException($"fio reports error {error} in {job.Name}.");
            return Read(result.GetProperty(job.Writes ? "write" : "read"), job);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new BenchmarkException($"fio's output for {job.Name} cannot be read: {e.Message}", e);
        }
    }

    private static FioResult Read(JsonElement direction, FioJob job)
    {
        long ios = direction.GetProperty("total_ios").GetInt64();
        if (ios == 0)
            throw new BenchmarkException($"fio completed no request in {job.Name}.");
        JsonElement latency = direction.GetProperty("lat_ns").GetProperty("percentile");
        return new FioResult(
            ios,
            direction.GetProperty("iops").GetDouble(),
            direction.GetProperty("bw_bytes").GetDouble(),
            latency.GetProperty("50.000000").GetDouble() / NanosecondsPerMicrosecond,
            latency.GetProperty("99.000000").GetDouble() / NanosecondsPerMicrosecond);
    }

    // The engine prints lines such as "fio: connected to NBD server" to the same stream.
    private static string Json(string text)
    {
        int start = text.StartsWith('{') ? 0 : text.IndexOf("\n{", StringComparison.Ordinal) + 1;
        return start == 0 && !text.StartsWith('{')
            ? throw new JsonException("there is no JSON object in it")
            : text[start..];
    }
}
