namespace Tapvisor.Benchmarks;

/// <summary>A command from its start to its exit code.</summary>
internal static class BenchmarkRun
{
    private const int Interrupted = 130;

    /// <returns>0 if it was a full success, 1 if not, 130 if somebody interrupted it; a sentence on standard error says why.</returns>
    internal static async Task<int> GuardAsync(Func<Task<bool>> run, CancellationToken cancellation)
    {
        try
        {
            return await run() ? 0 : 1;
        }
        catch (Exception e) when (e is BenchmarkException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"benchmarks: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("benchmarks: interrupted; everything was ended and removed.");
            return Interrupted;
        }
    }
}
