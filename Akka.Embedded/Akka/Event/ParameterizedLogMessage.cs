namespace Akka.Event;

/// <summary>A log message with any number of arguments.</summary>
internal sealed class ParameterizedLogMessage(ILogMessageFormatter formatter, string format, object?[] args)
    : LogMessage(formatter, format)
{
    public override IEnumerable<object?> Parameters() => args;

    public override string Unformatted() => $"{Format} [{string.Join(", ", args)}]";
}
