using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>Makes filters of log events. Of message, start and contains, those given must all match.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testKit;
    private readonly IReadOnlyList<IEventFilter> _others;

    public EventFilterFactory(TestKitBase testkit) : this(testkit, [])
    {
    }

    internal EventFilterFactory(TestKitBase testkit, IReadOnlyList<IEventFilter> others)
    {
        _testKit = testkit;
        _others = others;
    }

    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.DebugLevel, message, start, contains, source);

    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.InfoLevel, message, start, contains, source);

    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.WarningLevel, message, start, contains, source);

    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.ErrorLevel, message, start, contains, source);

    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null)
    {
        var text = new TextMatcher(message, start, contains);
        return Custom(one => one.LogLevel() == logLevel && IsFrom(one, source) && text.Matches(one.Message));
    }

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) =>
        Custom(one => one.LogLevel() == logLevel && IsFrom(one, source) && pattern.IsMatch(one.Message?.ToString() ?? ""));

    /// <summary>Errors with a cause of that type; the texts are looked for in the event's and in the exception's message.</summary>
    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception =>
        Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null) where TException : Exception =>
        Custom(one => one is Error { Cause: TException cause } && IsFrom(one, source)
            && (pattern.IsMatch(one.Message?.ToString() ?? "") || pattern.IsMatch(cause.Message)));

    public IEventFilterApplier Exception(
        Type exceptionType,
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null,
        bool checkInnerExceptions = false)
    {
        var text = new TextMatcher(message, start, contains);
        return Custom(one => one is Error && IsFrom(one, source) && Causes(one.Cause, checkInnerExceptions).Any(
            cause => exceptionType.IsInstanceOfType(cause) && (text.Matches(one.Message) || text.Matches(cause.Message))));
    }

    public IEventFilterApplier DeadLetter() => Custom(one => one.Message is DeadLetter);

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter<TMessage>(_ => true, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        Custom(one => one.Message is DeadLetter { Message: TMessage message } && IsFrom(one, source) && isMatch(message));

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate) where TLogEvent : LogEvent =>
        Custom(one => one is TLogEvent typed && predicate(typed));

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) =>
        new EventFilterApplier(_testKit, [.. _others, new PredicateEventFilter(predicate)]);

    private static bool IsFrom(LogEvent logEvent, string? source) => source is null || logEvent.LogSource == source;

    private static IEnumerable<Exception> Causes(Exception? cause, bool withInner)
    {
        for (; cause is not null; cause = withInner ? cause.InnerException : null)
        {
            yield return cause;
        }
    }
}
