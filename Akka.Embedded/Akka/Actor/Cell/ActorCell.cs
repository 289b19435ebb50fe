using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>
/// What stays of an actor across restarts: its mailbox, children, watches and timers. Runs the actor's instance in turns,
/// one thread at a time; only <see cref="ActorOf"/> on a guardian and look-ups come from other threads.
/// </summary>
internal sealed partial class ActorCell : IUntypedActorContext
{
    // The sender of tells from outside any actor, as the test kit sets it for a test and what the test awaits.
    private static readonly AsyncLocal<IActorRef?> AmbientSelf = new();

    [ThreadStatic]
    private static ActorCell? _current;

    private readonly Stack<Receive> _behaviors = new();
    private readonly LocalActorRef _self;
    private ActorBase? _actor;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, InternalActorRef parent)
    {
        SystemImpl = system;
        _self = self;
        Props = props;
        ParentRef = parent;
        Mailbox = new Mailbox(this);
        Sender = system.DeadLetters;
    }

    /// <summary>The cell whose turn it is on this thread.</summary>
    public static ActorCell? Current => _current;

    public ActorSystemImpl SystemImpl { get; }

    public ActorSystem System => SystemImpl;

    public InternalActorRef ParentRef { get; }

    public IActorRef Parent => ParentRef;

    public IActorRef Self => _self;

    public IActorRef Sender { get; private set; }

    public Props Props { get; }

    public Mailbox Mailbox { get; }

    /// <summary>The message being processed; null between messages.</summary>
    public object? CurrentMessage { get; private set; }

    /// <summary>Counts messages, so that a stash can tell one from the next.</summary>
    public long CurrentEnvelopeId { get; private set; }

    private Type ActorType => _actor?.GetType() ?? Props.Type;

    public static IActorRef? GetCurrentSelfOrNoSender() => _current?.Self ?? AmbientSelf.Value;

    public static void SetAmbientSelf(IActorRef? self) => AmbientSelf.Value = self;

    /// <summary>Makes a cell the current one of this thread.</summary>
    /// <returns>The one before, for <see cref="Leave"/>.</returns>
    public static ActorCell? Enter(ActorCell cell)
    {
        ActorCell? outer = _current;
        _current = cell;
        return outer;
    }

    public static void Leave(ActorCell? outer) => _current = outer;

    public void Become(Receive receive)
    {
        _behaviors.TryPop(out _);
        _behaviors.Push(receive);
    }

    public void BecomeStacked(Receive receive) => _behaviors.Push(receive);

    public void UnbecomeStacked()
    {
        if (_behaviors.Count > 1)
        {
            _behaviors.Pop();
        }
    }

    public void Become(UntypedReceive receive) => Become(Always(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Always(receive));

    public ActorSelection ActorSelection(ActorPath actorPath) => new(SystemImpl.RootGuardian, actorPath.Elements);

    public ActorSelection ActorSelection(string actorPath) => SelectionPath.Parse(SystemImpl, _self, actorPath);

    private static Receive Always(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };
}
