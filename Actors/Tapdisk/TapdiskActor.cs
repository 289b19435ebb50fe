using Akka.Actor;
using Akka.Event;
using Tapvisor.Actors.Image;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.XenStore;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>
/// One disk: what it is doing, and what a failure of its parts means. Everything a guest can notice lives in the disk's
/// <see cref="IDiskHost"/>, which outlives this actor; a new incarnation goes on from the disk's <see cref="DiskRecord"/>.
/// <code>
///              Open              Opened, ring Started
///   Attached ───────▶ Opening ─────────────────────────▶ Running ◀────────────────────┐
///     ▲  ▲               │ failed                        │  │ image Restarted          │ Opened, ring Started
///     │  └───────────────┘                        Pause  │  ▼                          │
///     │                                            ┌─────┤ Recovering ──(back-off)── Open
///     │ Closed, ring Stopped                       ▼     │  │ out of patience, or image stopped as damaged
///     └────────── Closing ◀──Close── any of these  Pausing  ▼
///                                                  │     GivenUp ──Pause──▶ Pausing
///                                                  ▼
///                                                Paused ──Resume──▶ Resuming ──▶ Running, or Paused again
/// </code>
/// The image driver stopped for good although it is sound: this actor throws, and the supervisor restarts the whole tapdisk.
/// </summary>
internal sealed partial class TapdiskActor : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly DiskEntry _entry;
    private readonly IDiskJournal _journal;
    private readonly SettingsSource _settings;
    private IActorRef _image = ActorRefs.Nobody;
    private IActorRef _ring = ActorRefs.Nobody;
    private IActorRef _xenStore = ActorRefs.Nobody;
    private IActorRef _client = ActorRefs.Nobody;
    private string _damage = "";

    public TapdiskActor(DiskEntry entry, IDiskJournal journal, SettingsSource settings)
    {
        _entry = entry;
        _journal = journal;
        _settings = settings;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private int Minor => _entry.Minor;

    private DiskRecord Record => _entry.Record;

    private SupervisorSettings Settings => _settings.Current;

    protected override void PreStart()
    {
        StartImage();
        _ring = Context.ActorOf(Props.Create(() => new RingDeviceActor(_entry.Host.FrontEnds)), "ring");
        _xenStore = Context.ActorOf(Props.Create(() => new XenStoreWatchActor(_ring)), "xenstore");
        if (Record.Name is null)
            _entry.Key = null;
        if (_entry.GivenUp)
            GiveUp("restarting it did not help");
        else if (IsKeyOutOfReach)
            EnterWithoutKey(KeyLostReason);
        else if (Record.Paused)
            EnterPaused();
        else if (Record.Name is null)
            EnterAttached();
        else
            EnterRecovering(TimeSpan.Zero);
    }

    protected override void PreRestart(Exception reason, object? message)
    {
        string why = reason is TapdiskFailedException failed ? failed.Reason : $"{reason.GetType().Name}: {reason.Message}";
        _entry.Host.History.TapdiskRestarted(why);

        // Whoever waits for an answer gets one; what is stashed goes back to the mailbox.
        if (message is TapdiskRequest request && !Sender.Equals(_client))
            Refuse(request, Native.Errno.EIO, $"Minor {Minor} failed: {why}.");
        FailClient(why);
        base.PreRestart(reason, message);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new ReloadableStrategy(
        _settings,
        now => now.ImageRestarts,
        cause =>
        {
            if (cause is not ImageFaultedException { IsPermanent: true })
                return Directive.Restart;
            _damage = cause.Message;
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void OnReceive(object message) => Unhandled(message);

    private void StartImage()
    {
        _image = Context.ActorOf(
            Props.Create(() => new ImageDriverActor(_entry.Minor, _entry.Host.Image, _entry.Host.History)),
            "image");
        Context.Watch(_image);
    }

    private void EnterAttached() => Enter(Attached, Record.WasClosed ? VbdState.TD_VBD_CLOSED : VbdState.None);

    private void Attached(object message)
    {
        switch (message)
        {
            case TapdiskRequest.XenBlkifConnect connect:
                Refuse(connect, Native.Errno.ENODEV, $"Minor {Minor} has no image to serve a guest from.");
                break;
            case TapdiskRequest.Open open:
                BeginOpening(open);
                break;
            case TapdiskRequest.Pause pause:
                // Upstream pauses a VBD without an image, too; it takes a close to open it afterwards.
                Change(Record with { Paused = true });
                Sender.Tell(new TapdiskResponse.Pause(pause.Cookie));
                EnterPaused();
                break;
            case TapdiskRequest.Close or TapdiskRequest.ForceShutdown:
                Change(Record with { WasClosed = true });
                Sender.Tell(new TapdiskResponse.Close((ushort)Minor));
                EnterAttached();
                break;
            case TapdiskRequest.Detach:
                Context.Parent.Tell(new DiskProtocol.Detached(Minor), Sender);
                Become(Gone);
                break;
            case DiskProtocol.End:
                Sender.Tell(new DiskProtocol.Ended(Minor));
                break;
            default:
                Otherwise(message);
                break;
        }
    }

    private void Running(object message)
    {
        switch (message)
        {
            case ImageProtocol.Restarted:
                Recover();
                break;
            case TapdiskRequest.Pause:
                BeginPausing();
                break;
            case TapdiskRequest.Close or TapdiskRequest.ForceShutdown or DiskProtocol.End:
                BeginClosing(message);
                break;
            default:
                Otherwise(message);
                break;
        }
    }

    /// <summary>The supervisor is taking this disk away.</summary>
    private void Gone(object message)
    {
        if (message is TapdiskRequest request)
            Refuse(request, Native.Errno.ENODEV, $"Minor {Minor} is being detached.");
        else
            RinglessDisk.Answer(message, Sender, $"minor {Minor} is being detached");
    }

    /// <summary>What has the same answer in every state that is not in the middle of something.</summary>
    private void Otherwise(object message)
    {
        switch (message)
        {
            case TapdiskRequest.Open open:
                Refuse(open, Native.Errno.EALREADY, $"Minor {Minor} is open already, as '{Record.Name}'.");
                break;
            case TapdiskRequest.Resume resume:
                Refuse(resume, Native.Errno.EINVAL, $"Minor {Minor} is not paused.");
                break;
            case TapdiskRequest.Detach detach:
                Refuse(detach, Native.Errno.EBUSY, $"Minor {Minor} is in use: close '{Record.Name}' first.");
                break;
            case RingProtocol.Connect when Record.Name is null:
                RinglessDisk.Answer(message, Sender, $"minor {Minor} has no image open");
                break;
            case RingProtocol.Connect or RingProtocol.Disconnect:
            case TapdiskRequest.XenBlkifConnect or TapdiskRequest.XenBlkifDisconnect:
                _xenStore.Forward(message);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_image):
                ImageStopped();
                break;
            case ImageProtocol.Restarted:
                // A driver without an image: its next opening is somebody's request.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>In the middle of something: requests wait their turn, in the order they came.</summary>
    private void Later(object message)
    {
        switch (message)
        {
            case TapdiskRequest or DiskProtocol.End:
                Stash.Stash();
                break;
            default:
                Otherwise(message);
                break;
        }
    }

    /// <summary>A state that waits for requests: those that came too early get their turn.</summary>
    private void Enter(UntypedReceive state, VbdState wire)
    {
        Proceed(state, wire);
        Stash.UnstashAll();
    }

    /// <summary>A state that ends by itself.</summary>
    private void Proceed(UntypedReceive state, VbdState wire)
    {
        Become(state);
        _log.Entered(Minor, state.Method.Name);
        _entry.State = wire;
    }

    /// <summary>Stored before anybody is told, so that what was answered survives the service.</summary>
    private void Change(DiskRecord record)
    {
        _entry.Record = record;
        try
        {
            _journal.Save(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk serves its guest all the same: refusing that would be the greater harm.
            _log.JournalFailed(Minor, e);
        }
    }

    private void Refuse(TapdiskRequest request, int errno, string reason) =>
        Sender.Tell(new TapdiskResponse.Error(request.Cookie, errno, reason));

    private void FailClient(string why)
    {
        if (!_client.IsNobody())
            Reply(new TapdiskResponse.Error((ushort)Minor, Native.Errno.EIO, $"Minor {Minor} failed: {why}."));
    }

    private void Reply(object response)
    {
        _client.Tell(response);
        _client = ActorRefs.Nobody;
    }
}
