using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tapvisor.Tests.AkkaEmbedded.Hosting;

/// <summary>Lets a test wait for a line of the log.</summary>
internal sealed class RecordingLoggerProvider : ILoggerProvider, ILogger
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Completes when there is a line that contains the text.</summary>
    public Task WaitFor(string text)
    {
        Task found = _awaited.GetOrAdd(text, _ => new TaskCompletionSource()).Task;
        Check();
        return found;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue(formatter(state, exception));
        Check();
    }

    public void Dispose()
    {
    }

    private void Check()
    {
        foreach ((string text, TaskCompletionSource found) in _awaited)
        {
            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
            {
                found.TrySetResult();
            }
        }
    }
}
