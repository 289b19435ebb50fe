using Akka.Actor;
using Akka.Event;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Actors.XenStore;

/// <summary>
/// One guest's block device, for as long as its directory is there: brings what the store says and what the ring answers to its
/// <see cref="VbdMachine"/>, and carries out what that decides.
/// <code>
///            Changed, answer, timer
///   Idle ──────────────────────────────▶ Following ──(Followed)──▶ Idle, or again if something changed meanwhile
///                                            │
///                                            └──(no such device)──▶ Over: the parent stops it
/// </code>
/// A new incarnation goes on from the device's <see cref="VbdRecord"/>.
/// </summary>
internal sealed class VbdDeviceActor : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private const string RetryTimer = "retry";
    private const string AnswerTimer = "answer";

    // A guest can change its nodes as fast as xenstored lets it. They are looked at this often in a second; the next second shows the rest.
    private const int LooksPerSecond = 50;

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(500);

    // More than a disk needs to answer what is in flight, or to be restarted.
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(150);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LogBudget _budget = new();
    private readonly VbdStore _store;
    private readonly VbdRecord _record;
    private readonly IActorRef _supervisor;
    private Task<XenStoreWatch>? _frontend;
    private string? _frontendPath;
    private string _lastTrouble = "";
    private bool _hasChanged;
    private TimeSpan _second;
    private int _looks;

    public VbdDeviceActor(VbdStore store, VbdRecord record, IActorRef supervisor)
    {
        _store = store;
        _record = record;
        _supervisor = supervisor;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private VbdId Id => _record.Machine.Id;

    private VbdMachine Machine
    {
        get => _record.Machine;
        set => _record.Machine = value;
    }

    protected override void PreStart()
    {
        if (Machine.Ring is RingPhase.Connecting or RingPhase.Disconnecting)
            Timers.StartSingleTimer(AnswerTimer, new Unanswered(), s_answer);
        Self.Tell(new VbdProtocol.Changed());
    }

    protected override void PostStop() => Pending.Discard(_frontend);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case VbdProtocol.Changed or Retry:
                Follow();
                break;
            case FrontendChanged changed:
                Listen(changed.Watch);
                Follow();
                break;
            case FrontendWatched watched:
                Listen(watched.Watch);
                break;
            case WatchFailed failed:
                _frontendPath = null;
                Trouble(failed.Cause);
                break;
            case VbdProtocol.DomainSeen seen:
                DomainSeen(seen.IsAlive);
                break;
            case DiskProtocol.Opened opened when Machine.Ring is RingPhase.None || opened.Minor == Machine.Minor:
                Machine = Machine.Resized(opened.Minor, opened.Sectors);
                Follow();
                break;
            case DiskProtocol.Closed closed when closed.Minor == Machine.Minor && Machine.Ring is RingPhase.Connected:
                Answered(Machine.Disconnected());
                break;
            case RingProtocol.Connected connected when Machine.Ring is RingPhase.Connecting or RingPhase.Connected:
                Log(log => log.Connected(Id, Machine.Minor));
                Answered(Machine.Connected(connected.Features));
                break;
            case RingProtocol.ConnectFailed failed when Machine.Ring is RingPhase.Connecting:
                ConnectFailed(failed);
                break;
            case RingProtocol.Disconnected disconnected when Machine.Ring is RingPhase.Connected or RingPhase.Disconnecting:
                if (disconnected.WasConnected)
                    Log(log => log.Disconnected(Id, Machine.Minor));
                Answered(Machine.Disconnected());
                break;
            case Unanswered:
                Log(log => log.Unanswered(Id, Machine.Minor));
                Answered(Machine.Unanswered());
                break;
            case DiskProtocol.Opened or DiskProtocol.Closed:
            case RingProtocol.Connected or RingProtocol.ConnectFailed or RingProtocol.Disconnected:
                // Of another disk; or an answer to what is given up by now.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Following(object message)
    {
        switch (message)
        {
            case Followed followed:
                Become(OnReceive);
                CarryOut(followed.Decision, followed.FrontendPath);
                Stash.UnstashAll();
                break;
            case Failed failed:
                Become(OnReceive);
                Trouble(failed.Cause);
                Stash.UnstashAll();
                break;
            case VbdProtocol.Changed or Retry:
                _hasChanged = true;
                break;
            case FrontendChanged changed:
                Listen(changed.Watch);
                _hasChanged = true;
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    /// <summary>The parent has been told.</summary>
    private void Over(object message)
    {
    }

    /// <summary>Looks at the nodes, unless this second's looks are used up.</summary>
    private void Follow()
    {
        if (Now - _second > TimeSpan.FromSeconds(1))
            (_second, _looks) = (Now, 0);
        if (++_looks > LooksPerSecond)
        {
            Timers.StartSingleTimer(RetryTimer, new Retry(), TimeSpan.FromSeconds(1));
            return;
        }
        _hasChanged = false;
        Become(Following);
        _store.FollowAsync(Machine).PipeTo(
            Self,
            success: result => new Followed(result.Decision, result.FrontendPath),
            failure: cause => new Failed(cause));
    }

    private void CarryOut(VbdDecision decision, string? frontendPath)
    {
        Machine = decision.Next;
        _lastTrouble = "";
        if (decision.State is { } state)
            _log.StateChanged(Id, state);
        if (decision.Failure is { } failure)
            Log(log => log.Failed(Id, failure.Reason));
        if (decision.Note is { } note)
            Log(log => log.Noted(Id, note));
        if (decision.Request is { } request)
            Ask(request);
        if (decision.IsOver || decision.RemovesDirectory)
        {
            Context.Parent.Tell(new VbdProtocol.Over(Id));
            Become(Over);
            return;
        }
        Watch(frontendPath);
        if (_hasChanged)
            Follow();
    }

    private void Ask(RingProtocol.GuestRequest request)
    {
        if (request is RingProtocol.Connect connect)
            Log(log => log.Connecting(Id, Machine.Minor, connect.Adopt));
        _supervisor.Tell(new DiskProtocol.ToRing(Machine.Minor, request));
        Timers.StartSingleTimer(AnswerTimer, new Unanswered(), s_answer);
    }

    private void Answered(VbdMachine machine)
    {
        Timers.Cancel(AnswerTimer);
        Machine = machine;
        Follow();
    }

    /// <summary>What may pass by itself is tried again after a pause; the device's next event does it earlier.</summary>
    private void ConnectFailed(RingProtocol.ConnectFailed failed)
    {
        VbdMachine machine = Machine.ConnectFailed(failed.Errno, failed.Reason);
        Log(log => log.ConnectFailed(Id, Machine.Minor, failed.Reason));
        if (machine.Ring is not RingPhase.None || machine.Failure is not null)
        {
            Answered(machine);
            return;
        }
        Timers.Cancel(AnswerTimer);
        Machine = machine;
        Timers.StartSingleTimer(RetryTimer, new Retry(), s_retry);
    }

    /// <summary>Whatever it is, it costs this device alone and is tried again; a connection that is back brings an event.</summary>
    private void Trouble(Exception cause)
    {
        bool isConnectionLost = cause is XenStoreException { IsConnectionLost: true };
        if (!isConnectionLost && cause.Message != _lastTrouble)
            Log(log => log.NotFollowed(Id, cause));
        _lastTrouble = cause.Message;
        Timers.StartSingleTimer(RetryTimer, new Retry(), s_retry);
    }

    private void DomainSeen(bool isAlive)
    {
        if (isAlive == !Machine.IsDomainDead)
            return;
        if (!isAlive)
            Log(log => log.DomainDead(Id));
        Machine = Machine with { IsDomainDead = !isAlive };
        Follow();
    }

    /// <summary>The frontend's state is watched wherever the backend's directory says that it is.</summary>
    private void Watch(string? frontendPath)
    {
        if (frontendPath == _frontendPath)
            return;
        _frontendPath = frontendPath;
        Pending.Discard(_frontend);
        _frontend = null;
        if (frontendPath is not null)
        {
            _frontend = _store.WatchAsync(frontendPath);
            _frontend.PipeTo(Self, success: watch => new FrontendWatched(watch), failure: cause => new WatchFailed(cause));
        }
    }

    /// <summary>One event at a time: what comes while this one is looked at waits, and waits once, in the watch.</summary>
    private void Listen(XenStoreWatch watch)
    {
        if (_frontend is { IsCompletedSuccessfully: true } frontend && frontend.Result == watch)
            watch.NextAsync().PipeTo(Self, success: _ => new FrontendChanged(watch), failure: _ => new Retry());
    }

    private void Log(Action<ILoggingAdapter> line)
    {
        if (_budget.TrySpend(Now))
            line(_log);
    }

    private sealed record Followed(VbdDecision Decision, string? FrontendPath);

    private sealed record Failed(Exception Cause);

    private sealed record FrontendChanged(XenStoreWatch Watch);

    private sealed record FrontendWatched(XenStoreWatch Watch);

    private sealed record WatchFailed(Exception Cause);

    private sealed record Retry;

    private sealed record Unanswered;
}
