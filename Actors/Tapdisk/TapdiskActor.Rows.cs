using Akka.Actor;
using Tapvisor.Actors.Image;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.Tapdisk.Phases;
using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>What the rows of the table do, in its order. Each gives the phase from there on.</summary>
internal sealed partial class TapdiskActor
{
    private const string RetryTimer = "retry";
    private const string PatienceTimer = "patience";

    // The unit of every count in the block protocol (public header io/blkif.h).
    private const ulong BlkifSector = 512;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private TapdiskPhase BeginOpening(Attached attached, TapdiskRequest.Open open)
    {
        if (_rules.WhyNotOpen(open) is { } refusal)
            return Refuse(open, refusal);
        _key.Take(open.Key);
        DiskRecord record = Record.OpenedWith(open.Params);
        TellImageToOpen(record, minimumLength: 0);
        return new Opening(attached, Sender, record);
    }

    private TapdiskPhase PauseWithoutImage()
    {
        // Upstream pauses a VBD without an image, too; it takes a close to open it afterwards.
        _record.Change(Record with { Paused = true });
        return Conclude(Paused.As(Record), Sender, _answers.Paused);
    }

    private TapdiskPhase CloseWithoutImage()
    {
        _record.Change(Record with { WasClosed = true });
        return Conclude(Attached.As(Record), Sender, _answers.Closed);
    }

    private Gone Detach(Attached attached)
    {
        Context.Parent.Tell(new DiskProtocol.Detached(Minor), Sender);
        return new Gone(attached.Wire);
    }

    private TapdiskPhase EndWithoutImage()
    {
        Sender.Tell(new DiskProtocol.Ended(Minor));
        return Remain();
    }

    private TapdiskPhase StartRing(Opening opening, ImageProtocol.Opened opened)
    {
        _ring.Tell(new RingProtocol.Start(Record.Aliases, TakeOver: false));
        return Remain(opening with { Record = opening.Record.SizedAs(opened.Image) with { WasClosed = false } });
    }

    private TapdiskPhase FailOpening(Opening opening, ImageProtocol.OpenFailed failed)
    {
        _log.OpenFailed(Minor, opening.Record.Name!, failed.Reason);
        return AbandonOpening(opening, failed.Errno, failed.Reason);
    }

    private TapdiskPhase UndoOpening(Opening opening, RingProtocol.StartFailed failed)
    {
        _log.OpenFailed(Minor, opening.Record.Name!, failed.Reason);
        _image.Tell(new ImageProtocol.Close(Force: false));
        return Remain(opening with { RingFailure = failed });
    }

    private TapdiskPhase AbandonOpening(Opening opening, int errno, string reason)
    {
        _key.Erase();
        return Conclude(opening.From, opening.Client, _answers.Failed(errno, reason));
    }

    private TapdiskPhase CompleteOpening(Opening opening)
    {
        _record.Change(opening.Record);
        _log.Opened(Minor, Record.Name!, Record.Sectors, Record.SectorSize);
        TapdiskPhase running = Conclude(new Running(Now), opening.Client, _answers.Opened);
        Announce();
        return running;
    }

    private Recovering StartRecovering(TimeSpan backoff)
    {
        _log.Recovering(Minor, Record.Name!, backoff);
        Timers.StartSingleTimer(RetryTimer, new TapdiskTimer.RetryImage(), backoff);
        Timers.StartSingleTimer(PatienceTimer, new TapdiskTimer.PatienceOver(), Settings.RecoveryPatience);
        return new Recovering();
    }

    private TapdiskPhase OpenImageAgain(DiskRecord record)
    {
        TellImageToOpen(record, Record.Length);
        return Remain();
    }

    private TapdiskPhase StartRingAgain(ImageProtocol.Opened opened)
    {
        TakeRingOver();
        return Remain(new Recovering(Record.SizedAs(opened.Image)));
    }

    /// <summary>A dead service may have served guests from this disk, and this one may have: they are not to notice.</summary>
    private TapdiskPhase TakeRingOver()
    {
        _ring.Tell(new RingProtocol.Start(Record.Aliases, TakeOver: true));
        return Remain();
    }

    private Running CompleteRecovering(DiskRecord record)
    {
        Timers.CancelAll();
        _record.Change(record);
        _log.Recovered(Minor, Record.Name!);
        Announce();
        return new Running(Now);
    }

    /// <summary>An image that is open stays open and serves the clients that are there; opening it again would only disturb them.</summary>
    private TapdiskPhase RetryLater(string reason, TapdiskTimer retry)
    {
        TimeSpan backoff = _backoff.Next();
        _log.RecoveryFailed(Minor, reason, backoff);
        Timers.StartSingleTimer(RetryTimer, retry, backoff);
        return Remain();
    }

    /// <summary>Until somebody brings the key.</summary>
    private Paused WaitForKey(string reason)
    {
        Timers.CancelAll();
        _log.KeyLost(Minor, Record.Name!, reason);

        // From here on it is a disk that needs a key, though a directory may have had it until now.
        TapdiskMessageFlags flags = Record.Flags | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED;
        if (!Record.Paused)
            _record.Change(Record with { Flags = flags, Paused = true, ResumeFailed = true });
        return Paused.As(Record);
    }

    private GivenUp GiveUp(string reason)
    {
        Timers.CancelAll();
        _entry.GivenUp = true;
        _log.GivenUp(Minor, Record.Name ?? "", reason);

        // The queue can only fail its requests when no image is open, which a failed attempt may just have changed.
        _image.Tell(new ImageProtocol.Close(Force: false));
        _image.Tell(new ImageProtocol.Fail(Errno.EIO));
        return new GivenUp();
    }

    private Pausing BeginPausing()
    {
        Timers.CancelAll();
        _image.Tell(new ImageProtocol.Close(Force: false));
        return new Pausing(Sender);
    }

    /// <summary>The image is closed, also when that failed; what was flushed is safe, and the operator hears of the rest.</summary>
    private TapdiskPhase CompletePausing(Pausing pausing, ImageProtocol.CloseFailed? failed = null)
    {
        if (failed is not null)
            _log.CloseFailed(Minor, failed.Reason);
        _entry.GivenUp = false;
        _record.Change(Record with { Paused = true, ResumeFailed = false });
        _log.Paused(Minor);
        return Conclude(Paused.As(Record), pausing.Client, _answers.Paused);
    }

    private TapdiskPhase BeginResuming(Paused paused, TapdiskRequest.Resume resume) =>
        _rules.WhyNotResume(resume) is { } refusal
            ? Refuse(resume, refusal)
            : StartResuming(paused, Record.ResumedWith(resume.Params), isReopening: false);

    /// <summary>OPEN of a disk that waits for its key: as RESUME, but with the flags, the timeout and the key of the message.</summary>
    private TapdiskPhase BeginReopening(Paused paused, TapdiskRequest.Open open)
    {
        if (_rules.WhyNotReopen(open) is { } refusal)
            return Refuse(open, refusal);
        _key.Take(open.Key);
        return StartResuming(paused, Record.OpenedWith(open.Params), isReopening: true);
    }

    private Resuming StartResuming(Paused paused, DiskRecord record, bool isReopening)
    {
        TellImageToOpen(record, Record.Length);
        return new Resuming(paused, Sender, record, isReopening);
    }

    private TapdiskPhase StartRing(Resuming resuming, ImageProtocol.Opened opened)
    {
        TakeRingOver();
        return Remain(resuming with { Record = resuming.Record.SizedAs(opened.Image) });
    }

    private TapdiskPhase ResumeLater(Resuming resuming)
    {
        Timers.StartSingleTimer(RetryTimer, new TapdiskTimer.RetryImage(), Settings.ResumeInterval);
        return Remain(resuming with { Attempt = resuming.Attempt + 1 });
    }

    private TapdiskPhase UndoResuming(Resuming resuming, RingProtocol.StartFailed failed)
    {
        _image.Tell(new ImageProtocol.Close(Force: false));
        return Remain(resuming with { RingFailure = failed });
    }

    private TapdiskPhase FailResuming(Resuming resuming, int errno, string reason)
    {
        if (resuming.IsReopening)
            _key.Erase();
        _log.ResumeFailed(Minor, reason);
        _record.Change(Record with { ResumeFailed = true });
        return Conclude(Paused.As(Record), resuming.Client, _answers.Failed(errno, reason));
    }

    private TapdiskPhase CompleteResuming(Resuming resuming)
    {
        _record.Change(resuming.Record with { Paused = false, ResumeFailed = false });
        _log.Resumed(Minor, Record.Name!);
        TapdiskPhase running = Conclude(new Running(Now), resuming.Client, resuming.IsReopening ? _answers.Opened : _answers.Resumed);
        Announce();
        return running;
    }

    private Closing BeginClosing(ClosingCause cause)
    {
        Timers.CancelAll();
        var closing = new Closing(_phase.Wire, Sender, cause);
        _ring.Tell(new RingProtocol.Release(HandOver: cause is ClosingCause.End, closing.IsForced));
        return closing;
    }

    private TapdiskPhase CloseImage(Closing closing)
    {
        _image.Tell(new ImageProtocol.Close(closing.IsForced));
        return Remain();
    }

    private TapdiskPhase FailRequests(Closing closing, ImageProtocol.CloseFailed? failed = null)
    {
        if (failed is not null)
            _log.CloseFailed(Minor, failed.Reason);
        _image.Tell(new ImageProtocol.Fail(Errno.ESHUTDOWN));
        return Remain(closing with { Failure = failed ?? closing.Failure });
    }

    private TapdiskPhase StopRing()
    {
        _ring.Tell(new RingProtocol.Stop());
        return Remain();
    }

    private Gone CompleteEnding(Closing closing)
    {
        // The record stays as it is: the next service brings the disk back in the state that this one left.
        _key.Erase();
        var gone = new Gone(VbdState.TD_VBD_CLOSED);
        Enter(gone);
        closing.Client.Tell(new DiskProtocol.Ended(Minor));
        return gone;
    }

    private TapdiskPhase CompleteClosing(Closing closing)
    {
        _key.Erase();
        _entry.GivenUp = false;
        _log.Closed(Minor, Record.Name ?? "");
        _record.Change(new DiskRecord { Minor = Minor, WasClosed = true });
        _xenStore.Tell(new DiskProtocol.Closed(Minor));
        TapdiskResponse answer = closing.Failure is { } failure ? _answers.Failed(failure.Errno, failure.Reason) : _answers.Closed;
        return Conclude(Attached.As(Record), closing.Client, answer);
    }

    /// <summary>The image's actor was stopped by this actor's strategy: the image is damaged, or the driver failed too often.</summary>
    /// <exception cref="TapdiskFailedException">The image is sound.</exception>
    private GivenUp ImageStopped()
    {
        if (_image.TakeDamage() is not { } damage)
            throw new TapdiskFailedException(Minor, _entry.Host.History.LastReason ?? "its image driver stopped");
        TapdiskPhase broken = _phase;
        _image.Start(Context);
        GivenUp givenUp = GiveUp(damage);
        Enter(givenUp);
        TellBroken(broken, damage);
        return givenUp;
    }

    /// <summary>Whoever waits for what was under way is told that it broke; the service's end, which it does not keep, that it is over.</summary>
    private void TellBroken(TapdiskPhase broken, string why)
    {
        if (broken is Closing { Cause: ClosingCause.End } ending)
            ending.Client.Tell(new DiskProtocol.Ended(Minor));
        else if (broken is TransitionalPhase { Client: var client })
            client.Tell(_answers.Broken(why));
    }

    private TapdiskPhase AskRing(object message)
    {
        _xenStore.Forward(message);
        return Remain();
    }

    private TapdiskPhase Later()
    {
        Stash.Stash();
        return Remain();
    }

    private TapdiskPhase NotHandled(object message)
    {
        Unhandled(message);
        return Remain();
    }

    private TapdiskPhase Refuse(TapdiskRequest request, Refusal refusal) => Refuse(request, refusal.Errno, refusal.Reason);

    private TapdiskPhase Refuse(TapdiskRequest request, int errno, string reason) =>
        Tell(Sender, new TapdiskResponse.Error(request.Cookie, errno, reason));

    private TapdiskPhase RefuseGuest(RingProtocol.GuestRequest request, string reason)
    {
        RinglessDisk.Answer(request, Sender, reason);
        return Remain();
    }

    private TapdiskPhase Tell(IActorRef client, TapdiskResponse answer)
    {
        client.Tell(answer);
        return Remain();
    }

    private TapdiskPhase Remain() => _phase;

    /// <summary>The same phase, further on.</summary>
    private TapdiskPhase Remain(TapdiskPhase further) => _phase = further;

    /// <summary>Shown before it is told: a client that lists the disk after its answer finds it as the answer says.</summary>
    private TapdiskPhase Conclude(TapdiskPhase next, IActorRef client, TapdiskResponse answer)
    {
        Enter(next);
        client.Tell(answer);
        return next;
    }

    private void Enter(TapdiskPhase next)
    {
        if (ReferenceEquals(next, _phase))
            return;
        _phase = next;
        _log.Entered(Minor, next);
        _entry.State = next.Wire;
        if (next.TakesRequests)
            Stash.UnstashAll();
    }

    private void TellImageToOpen(DiskRecord record, long minimumLength) =>
        _image.Tell(new ImageProtocol.Open(record.ImageRequest(_entry.Key, minimumLength, Settings.RequestTimeout)));

    /// <summary>Guests can be connected to it.</summary>
    private void Announce()
    {
        string own = ControlDirectory.NbdSocketName(Settings.Pid, Minor);
        string[] sockets = [own, .. Record.Aliases.Select(alias => Path.GetFileName(alias))];
        _xenStore.Tell(new DiskProtocol.Opened(Minor, sockets, (ulong)Record.Length / BlkifSector));
    }
}
