using Akka.Event;

namespace Akka.Actor;

/// <summary>How an actor answers its children's failures.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Stop on failed creation, kill and death pact; restart on everything else.</summary>
    public static readonly IDecider DefaultDecider = Actor.Decider.From(
        Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>());

    /// <summary>One for one, by <see cref="DefaultDecider"/>, without a limit.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>One for one: always stop.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    private protected SupervisorStrategy(int? maxRetries, TimeSpan? window, IDecider decider, bool loggingEnabled)
    {
        MaxNumberOfRetries = maxRetries ?? -1;
        Window = window ?? Timeout.InfiniteTimeSpan;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public IDecider Decider { get; }

    /// <summary>Restarts allowed within the window; negative for no limit.</summary>
    public int MaxNumberOfRetries { get; }

    /// <summary>The window in milliseconds; -1 for no end.</summary>
    public int WithinTimeRangeMilliseconds => (int)Window.TotalMilliseconds;

    private protected TimeSpan Window { get; }

    protected bool LoggingEnabled { get; }

    /// <summary>Carries out the decision about a failed child.</summary>
    /// <returns>False to escalate.</returns>
    internal bool HandleFailure(ActorCell supervisor, ChildStats child, Exception cause, IReadOnlyList<ChildStats> children)
    {
        Directive directive = Decider.Decide(cause);
        switch (directive)
        {
            case Directive.Escalate:
                return false;
            case Directive.Resume:
                Log(supervisor, new Warning(child.Ref.Path.ToString(), GetType(), MessageOf(cause)));
                child.Ref.Resume(cause);
                return true;
            default:
                Log(supervisor, new Error(cause, child.Ref.Path.ToString(), GetType(), MessageOf(cause)));
                Apply(supervisor, directive == Directive.Restart, child, cause, children);
                return true;
        }
    }

    private protected abstract void Apply(
        ActorCell supervisor, bool restart, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children);

    private static string MessageOf(Exception cause) =>
        cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;

    private void Log(ActorCell supervisor, LogEvent logEvent)
    {
        if (LoggingEnabled)
        {
            supervisor.System.EventStream.Publish(logEvent);
        }
    }
}
