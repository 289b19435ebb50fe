namespace Akka.Event;

/// <summary>Turns a format and its arguments into text.</summary>
public interface ILogMessageFormatter
{
    string Format(string format, params object?[] args);

    string Format(string format, IEnumerable<object?> args);
}
