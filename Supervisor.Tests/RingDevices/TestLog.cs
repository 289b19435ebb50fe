using Microsoft.Extensions.Logging;

namespace Tapvisor.Tests.RingDevices;

/// <summary>Keeps log lines for a test to look at.</summary>
internal sealed class TestLog<T> : ILogger<T>
{
    internal List<string> Lines { get; } = [];

    /// <summary>Warnings and worse.</summary>
    internal List<string> Complaints { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception) + exception;
        lock (Lines)
        {
            Lines.Add(line);
            if (logLevel >= LogLevel.Warning)
                Complaints.Add(line);
        }
    }
}
