namespace Akka.Actor;

/// <summary>Base class of all actors.</summary>
/// <remarks>
/// Life: constructor, PreStart, messages; at a failure that its parent answers with Restart: PreRestart on the old instance,
/// constructor and PostRestart on a new one; at the end PostStop.
/// </remarks>
public abstract class ActorBase
{
    private IActorRef? _selfWhenCleared;

    /// <exception cref="ActorInitializationException">The actor was created with <c>new</c> outside of its cell.</exception>
    protected ActorBase()
    {
        ActorCell cell = ActorCell.Current ?? throw new ActorInitializationException(
            $"You cannot create an instance of [{GetType()}] explicitly using the constructor (new). " +
            "You have to use one of the 'ActorOf' factory methods to create it.");
        cell.Become(Receive);
    }

    protected IActorRef Self => _selfWhenCleared ?? Context.Self;

    protected IActorRef Sender => Context.Sender;

    /// <exception cref="NotSupportedException">No actor runs on this thread.</exception>
    protected static IActorContext Context => CurrentCell;

    private protected static ActorCell CurrentCell => ActorCell.Current ?? throw new NotSupportedException(
        "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    public virtual void AroundPreStart() => PreStart();

    public virtual void AroundPostStop()
    {
        CancelTimers();
        PostStop();
    }

    public virtual void AroundPreRestart(Exception cause, object? message)
    {
        CancelTimers();
        PreRestart(cause, message);
    }

    public virtual void AroundPostRestart(Exception cause, object? message) => PostRestart(cause);

    /// <summary>All constructors have run.</summary>
    internal virtual void OnConstructed()
    {
    }

    internal bool Dispatch(Receive receive, object message) => AroundReceive(receive, message);

    internal SupervisorStrategy CreateSupervisorStrategy() => SupervisorStrategy();

    internal void Clear(IActorRef self) => _selfWhenCleared = self;

    protected virtual bool AroundReceive(Receive receive, object message)
    {
        bool handled = receive(message);
        if (!handled)
        {
            Unhandled(message);
        }

        return handled;
    }

    protected abstract bool Receive(object message);

    /// <summary>Publishes the message as unhandled.</summary>
    /// <exception cref="DeathPactException">The message is a <see cref="Terminated"/>.</exception>
    protected virtual void Unhandled(object message) => CurrentCell.PublishUnhandled(message);

    protected void Become(Receive receive) => Context.Become(receive);

    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    /// <summary>How this actor answers its children's failures; asked once per instance.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    protected virtual void PreStart()
    {
    }

    protected virtual void PostStop()
    {
    }

    /// <summary>Runs on the failed instance: stops all children, then runs <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (IActorRef child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Runs on the new instance: <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    private void CancelTimers() => (this as IWithTimers)?.Timers?.CancelAll();
}
