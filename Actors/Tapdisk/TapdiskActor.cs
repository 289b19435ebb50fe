using Akka.Actor;
using Akka.Event;
using Tapvisor.Actors.Image;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.Tapdisk.Phases;
using Tapvisor.Actors.XenStore;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

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
    private readonly SettingsSource _settings;
    private readonly StoredRecord _record;
    private readonly DiskKey _key;
    private readonly OpenRules _rules;
    private readonly Backoff _backoff;
    private readonly TapdiskAnswers _answers;
    private readonly ImageChild _image;
    private IActorRef _ring = ActorRefs.Nobody;
    private IActorRef _xenStore = ActorRefs.Nobody;
    private TapdiskPhase _phase = new Attached(WasClosed: false);

    public TapdiskActor(DiskEntry entry, IDiskJournal journal, SettingsSource settings)
    {
        _entry = entry;
        _settings = settings;
        _record = new StoredRecord(entry, journal, _log);
        _key = new DiskKey(entry);
        _rules = new OpenRules(entry, _key);
        _backoff = new Backoff(settings);
        _answers = new TapdiskAnswers(entry);
        _image = new ImageChild(entry);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private int Minor => _entry.Minor;

    private DiskRecord Record => _record.Current;

    private SupervisorSettings Settings => _settings.Current;

    /// <summary>Whoever waits for the end of what is under way.</summary>
    private IActorRef? Client => (_phase as TransitionalPhase)?.Client;

    protected override void PreStart()
    {
        _image.Start(Context);
        _ring = Context.ActorOf(ActorProps.Of(() => new RingDeviceActor(_entry.Host.FrontEnds)), "ring");
        _xenStore = Context.ActorOf(ActorProps.Of(() => new XenStoreWatchActor(_ring)), "xenstore");
        if (Record.Name is null)
            _key.Erase();
        Enter(Begin());
    }

    protected override void PreRestart(Exception reason, object? message)
    {
        string why = reason is TapdiskFailedException failed ? failed.Reason : $"{reason.GetType().Name}: {reason.Message}";
        _entry.Host.History.TapdiskRestarted(why);

        // Whoever waits for an answer gets one; what is stashed goes back to the mailbox.
        if (message is TapdiskRequest request && !Sender.Equals(Client))
            Refuse(request, _answers.Breakage(why));
        TellBroken(_phase, why);
        base.PreRestart(reason, message);
    }

    protected override SupervisorStrategy SupervisorStrategy() => _image.Strategy(_settings);

    protected override void OnReceive(object message) => Enter(Next(message));

    /// <summary>Where a disk begins, and where a new incarnation goes on.</summary>
    private TapdiskPhase Begin() => Record switch
    {
        _ when _entry.GivenUp => GiveUp("restarting it did not help"),
        _ when _key.IsOutOfReach => WaitForKey(DiskKey.LostReason),
        { Paused: true } => Paused.As(Record),
        { Name: null } => Attached.As(Record),
        _ => StartRecovering(TimeSpan.Zero),
    };

    /// <summary>
    /// The table: what follows from a message in a phase, in the order of the diagram, then what has the same answer in every phase. A row
    /// gives the phase from there on.
    /// </summary>
    private TapdiskPhase Next(object message) => (_phase, message) switch
    {
        (Attached attached, TapdiskRequest.Open open) => BeginOpening(attached, open),
        (Attached, TapdiskRequest.Pause) => PauseWithoutImage(),
        (Attached, TapdiskRequest.Close or TapdiskRequest.ForceShutdown) => CloseWithoutImage(),
        (Attached attached, TapdiskRequest.Detach) => Detach(attached),
        (Attached, DiskProtocol.End) => EndWithoutImage(),
        (Attached, TapdiskRequest.XenBlkifConnect connect) =>
            Refuse(connect, Errno.ENODEV, $"Minor {Minor} has no image to serve a guest from."),

        (Opening opening, ImageProtocol.Opened opened) => StartRing(opening, opened),
        (Opening opening, ImageProtocol.OpenFailed failed) => FailOpening(opening, failed),
        (Opening opening, RingProtocol.Started) => CompleteOpening(opening),
        (Opening opening, RingProtocol.StartFailed failed) => UndoOpening(opening, failed),
        (Opening { RingFailure: { } failure } opening, ImageProtocol.Closed or ImageProtocol.CloseFailed) =>
            AbandonOpening(opening, failure.Errno, failure.Reason),

        (Running running, ImageProtocol.Restarted) => StartRecovering(_backoff.NextAfter(Now - running.Since)),

        (Recovering, TapdiskTimer.RetryImage) => OpenImageAgain(Record),
        (Recovering, ImageProtocol.Opened opened) => StartRingAgain(opened),
        (Recovering { Opened: { } record }, RingProtocol.Started) => CompleteRecovering(record),
        (Recovering, ImageProtocol.OpenFailed { Errno: Errno.ENOKEY } failed) when _key.IsAbsent => WaitForKey(failed.Reason),
        (Recovering, ImageProtocol.OpenFailed failed) when failed.IsFinal() => GiveUp(failed.Reason),
        (Recovering, ImageProtocol.OpenFailed failed) => RetryLater(failed.Reason, new TapdiskTimer.RetryImage()),
        (Recovering { Opened: not null }, RingProtocol.StartFailed failed) => RetryLater(failed.Reason, new TapdiskTimer.RetryRing()),
        (Recovering, TapdiskTimer.RetryRing) => TakeRingOver(),
        (Recovering, ImageProtocol.Restarted) => StartRecovering(_backoff.Next()),
        (Recovering, TapdiskTimer.PatienceOver) =>
            GiveUp($"the image did not come back within {Settings.RecoveryPatience.TotalSeconds:0.###} s"),

        // Late answers from the attempts before.
        (GivenUp, ImageProtocol.Answer or RingProtocol.Started or RingProtocol.StartFailed or TapdiskTimer) => Remain(),

        (Running or Recovering or GivenUp, TapdiskRequest.Pause) => BeginPausing(),
        (Pausing pausing, ImageProtocol.Closed) => CompletePausing(pausing),
        (Pausing pausing, ImageProtocol.CloseFailed failed) => CompletePausing(pausing, failed),

        // Answers to what was under way when the pause came.
        (Pausing, ImageProtocol.Answer or RingProtocol.Started or RingProtocol.StartFailed) => Remain(),

        (Paused, TapdiskRequest.Pause) => Tell(Sender, _answers.Paused),
        (Paused paused, TapdiskRequest.Resume resume) => BeginResuming(paused, resume),
        (Paused paused, TapdiskRequest.Open open) when _key.IsLost => BeginReopening(paused, open),
        (Paused, TapdiskRequest.Detach detach) when Record.Name is null =>
            Refuse(detach, Errno.EBUSY, $"Minor {Minor} is paused: close it first."),

        (Resuming resuming, ImageProtocol.Opened opened) => StartRing(resuming, opened),
        (Resuming resuming, ImageProtocol.OpenFailed failed) when failed.MayPass() && resuming.Attempt < Settings.ResumeAttempts =>
            ResumeLater(resuming),
        (Resuming resuming, TapdiskTimer.RetryImage) => OpenImageAgain(resuming.Record),
        (Resuming resuming, ImageProtocol.OpenFailed failed) => FailResuming(resuming, failed.Errno, failed.Reason),
        (Resuming resuming, RingProtocol.Started) => CompleteResuming(resuming),
        (Resuming resuming, RingProtocol.StartFailed failed) => UndoResuming(resuming, failed),
        (Resuming { RingFailure: { } failure } resuming, ImageProtocol.Closed or ImageProtocol.CloseFailed) =>
            FailResuming(resuming, failure.Errno, failure.Reason),

        // The image was open, and its driver failed before clients could come: it is recovered when they can.
        (Opening or Resuming, ImageProtocol.Restarted) => Later(),

        (Running or Recovering or GivenUp or Paused, TapdiskRequest.Close) => BeginClosing(ClosingCause.Close),
        (Running or Recovering or GivenUp or Paused, TapdiskRequest.ForceShutdown) => BeginClosing(ClosingCause.ForceShutdown),
        (Running or Recovering or GivenUp or Paused, DiskProtocol.End) => BeginClosing(ClosingCause.End),
        (Closing closing, RingProtocol.Released) => CloseImage(closing),
        (Closing closing, ImageProtocol.CloseFailed failed) => FailRequests(closing, failed),
        (Closing closing, ImageProtocol.Closed) => FailRequests(closing),
        (Closing, ImageProtocol.Failed) => StopRing(),
        (Closing { Cause: ClosingCause.End } closing, RingProtocol.Stopped) => CompleteEnding(closing),
        (Closing closing, RingProtocol.Stopped) => CompleteClosing(closing),

        // Answers to what was under way when the close came.
        (Closing, ImageProtocol.Answer or RingProtocol.Answer) => Remain(),

        (Gone, TapdiskRequest request) => Refuse(request, Errno.ENODEV, $"Minor {Minor} is being detached."),
        (Gone, RingProtocol.GuestRequest request) => RefuseGuest(request, $"minor {Minor} is being detached"),
        (Gone, _) => Remain(),

        (TransitionalPhase, TapdiskRequest or DiskProtocol.End) => Later(),
        (_, TapdiskRequest.Open open) => Refuse(open, Errno.EALREADY, $"Minor {Minor} is open already, as '{Record.Name}'."),
        (_, TapdiskRequest.Resume resume) => Refuse(resume, Errno.EINVAL, $"Minor {Minor} is not paused."),
        (_, TapdiskRequest.Detach detach) => Refuse(detach, Errno.EBUSY, $"Minor {Minor} is in use: close '{Record.Name}' first."),
        (_, RingProtocol.Connect connect) when Record.Name is null => RefuseGuest(connect, $"minor {Minor} has no image open"),
        (_, RingProtocol.GuestRequest or TapdiskRequest.XenBlkifConnect or TapdiskRequest.XenBlkifDisconnect) => AskRing(message),
        (_, Terminated stopped) when _image.Is(stopped.ActorRef) => ImageStopped(),

        // A driver without an image: its next opening is somebody's request.
        (_, ImageProtocol.Restarted) => Remain(),
        _ => NotHandled(message),
    };
}
