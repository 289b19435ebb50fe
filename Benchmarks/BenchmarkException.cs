namespace Tapvisor.Benchmarks;

/// <summary>A benchmark cannot be run, or a run of it failed; the message is for the user.</summary>
internal sealed class BenchmarkException : Exception
{
    internal BenchmarkException(string message)
        : base(message)
    {
    }

    internal BenchmarkException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
