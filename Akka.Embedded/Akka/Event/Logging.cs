using Akka.Actor;

namespace Akka.Event;

/// <summary>Makes logging adapters, and names levels.</summary>
public static class Logging
{
    /// <summary>A log whose source is the actor's path.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter? logMessageFormatter = null) =>
        new BusLogging(
            context.System.EventStream,
            context.Self.Path.ToString(),
            context.Props.Type,
            logMessageFormatter ?? DefaultLogMessageFormatter.Instance);

    /// <param name="system">Whose log.</param>
    /// <param name="logSourceObj">A string, a type, an actor reference, or any object, of which the type is named.</param>
    /// <param name="logMessageFormatter">Null for the default.</param>
    public static ILoggingAdapter GetLogger(
        ActorSystem system, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null)
    {
        (string source, Type type) = logSourceObj switch
        {
            string text => ($"{text}({system})", typeof(string)),
            Type oneType => ($"{oneType.Name}({system})", oneType),
            IActorRef actorRef => (actorRef.Path.ToString(), typeof(IActorRef)),
            _ => ($"{logSourceObj.GetType().Name}({system})", logSourceObj.GetType()),
        };
        return new BusLogging(system.EventStream, source, type, logMessageFormatter ?? DefaultLogMessageFormatter.Instance);
    }

    /// <summary>The class of events of a level.</summary>
    public static Type ClassFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => typeof(Debug),
        LogLevel.InfoLevel => typeof(Info),
        LogLevel.WarningLevel => typeof(Warning),
        LogLevel.ErrorLevel => typeof(Error),
        _ => throw new ArgumentException($"Unknown LogLevel {logLevel}", nameof(logLevel)),
    };

    public static string StringFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        LogLevel.ErrorLevel => "ERROR",
        _ => throw new ArgumentException($"Unknown LogLevel {logLevel}", nameof(logLevel)),
    };

    /// <summary>The level of that name, in any case; <c>off</c> is above all.</summary>
    /// <exception cref="ArgumentException">There is no such level.</exception>
    public static LogLevel LogLevelFor(string logLevel) => logLevel.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => LogLevel.ErrorLevel + 1,
        _ => throw new ArgumentException(
            $"""Unknown LogLevel: "{logLevel}". Valid values are: "Debug", "Info", "Warning", "Error", "Off".""", nameof(logLevel)),
    };
}
