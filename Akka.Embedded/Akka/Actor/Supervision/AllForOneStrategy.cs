namespace Akka.Actor;

/// <summary>The directive goes to the failed child and all its siblings.</summary>
public class AllForOneStrategy : SupervisorStrategy
{
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, Actor.Decider.From(localOnlyDecider))
    {
    }

    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : base(maxNrOfRetries, withinTimeRange, decider, loggingEnabled: true)
    {
    }

    public AllForOneStrategy(
        int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, Actor.Decider.From(localOnlyDecider), loggingEnabled)
    {
    }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : base(maxNrOfRetries, TimeSpan.FromMilliseconds(withinTimeMilliseconds), decider, loggingEnabled)
    {
    }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(null, null, localOnlyDecider)
    {
    }

    public AllForOneStrategy(IDecider decider)
        : this(null, null, decider)
    {
    }

    private protected override void Apply(
        ActorCell supervisor, bool restart, ChildStats failed, Exception cause, IReadOnlyList<ChildStats> children)
    {
        if (restart && children.All(child => child.RequestRestartPermission(MaxNumberOfRetries, Window)))
        {
            foreach (ChildStats child in children)
            {
                if (!ReferenceEquals(child, failed))
                {
                    child.Ref.Suspend();
                }

                child.Ref.Restart(cause);
            }

            return;
        }

        foreach (ChildStats child in children)
        {
            supervisor.Stop(child.Ref);
        }
    }
}
