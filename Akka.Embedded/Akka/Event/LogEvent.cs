namespace Akka.Event;

/// <summary>One line of the log, on its way to the loggers.</summary>
public abstract class LogEvent
{
    private protected LogEvent(Exception? cause, string logSource, Type logClass, object? message)
    {
        Cause = cause;
        LogSource = logSource;
        LogClass = logClass;
        Message = message!;
    }

    public Exception? Cause { get; protected set; }

    public DateTime Timestamp { get; } = DateTime.UtcNow;

    public Thread Thread { get; } = Thread.CurrentThread;

    public string LogSource { get; protected set; }

    public Type LogClass { get; protected set; }

    public object Message { get; protected set; }

    public abstract LogLevel LogLevel();

    public override string ToString() =>
        $"[{LogLevel().StringFor()}][{Timestamp:o}][Thread {Thread.ManagedThreadId:0000}][{LogSource}] {Message}"
        + (Cause is null ? "" : $"{Environment.NewLine}Cause: {Cause}");
}
