using Akka.Actor;
using Tapvisor.Actors.Image;
using Tapvisor.Actors.Ring;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>
/// PAUSE and RESUME: the image is closed and opened, the guest's requests wait meanwhile (upstream tapdisk_vbd_pause, _resume).
/// </summary>
internal sealed partial class TapdiskActor
{
    private const VbdState PausedState = VbdState.TD_VBD_CLOSED | VbdState.TD_VBD_QUIESCED | VbdState.TD_VBD_PAUSED;

    private const string RetryTimer = "retry";

    private DiskRecord? _resuming;
    private int _attempt;

    private void BeginPausing()
    {
        _client = Sender;
        Timers.CancelAll();
        _image.Tell(new ImageProtocol.Close(Force: false));
        Proceed(Pausing, VbdState.TD_VBD_QUIESCE_REQUESTED | VbdState.TD_VBD_PAUSE_REQUESTED);
    }

    private void Pausing(object message)
    {
        switch (message)
        {
            case ImageProtocol.Closed:
                CompletePausing();
                break;
            case ImageProtocol.CloseFailed failed:
                // The image is closed all the same; what was flushed is safe, and the operator hears of the rest.
                _log.CloseFailed(Minor, failed.Reason);
                CompletePausing();
                break;
            case ImageProtocol.Opened or ImageProtocol.OpenFailed or ImageProtocol.Failed or RingProtocol.Started or RingProtocol.StartFailed:
                // Answers to what was under way when the pause came.
                break;
            default:
                Later(message);
                break;
        }
    }

    private void CompletePausing()
    {
        _entry.GivenUp = false;
        Change(Record with { Paused = true, ResumeFailed = false });
        _log.Paused(Minor);
        Reply(new TapdiskResponse.Pause((ushort)Minor));
        EnterPaused();
    }

    private void EnterPaused() =>
        Enter(Paused, Record.ResumeFailed ? PausedState | VbdState.TD_VBD_RESUME_FAILED : PausedState);

    private void Paused(object message)
    {
        switch (message)
        {
            case TapdiskRequest.Pause pause:
                Sender.Tell(new TapdiskResponse.Pause(pause.Cookie));
                break;
            case TapdiskRequest.Resume resume:
                BeginResuming(resume);
                break;
            case TapdiskRequest.Open open when IsKeyLost:
                BeginReopening(open);
                break;
            case TapdiskRequest.Close or TapdiskRequest.ForceShutdown or DiskProtocol.End:
                BeginClosing(message);
                break;
            case TapdiskRequest.Detach when Record.Name is null:
                Refuse((TapdiskRequest)message, Errno.EBUSY, $"Minor {Minor} is paused: close it first.");
                break;
            default:
                Otherwise(message);
                break;
        }
    }

    /// <summary>
    /// Of the params only path, and the flags for a secondary and a log, mean anything here: clients leave the parent's minor at 0. The disk
    /// that OPEN named as the image's parent stays that; under another image, a snapshot of it for example, it would be a wrong one.
    /// </summary>
    private void BeginResuming(TapdiskRequest.Resume resume)
    {
        string? name = resume.Params.Path.Length > 0 ? resume.Params.Path : Record.Name;
        if (name is null)
        {
            Refuse(resume, Errno.EINVAL, $"Minor {Minor} has no image to resume: name one.");
            return;
        }
        if (IsKeyOutOfReach)
        {
            Refuse(resume, Errno.ENOKEY, $"Minor {Minor}: {KeyLostReason}.");
            return;
        }
        if (TryAccept(resume, resume.Params.Flags, name))
            StartResuming(name == Record.Name ? Record : Record with { Name = name, ParentMinor = null });
    }

    private void StartResuming(DiskRecord record)
    {
        _client = Sender;
        _resuming = record;
        _attempt = 1;
        _image.Tell(OpeningOf(_resuming, Record.Length));
        Proceed(Resuming, _entry.State);
    }

    private void Resuming(object message)
    {
        switch (message)
        {
            case ImageProtocol.Opened opened:
                _resuming = _resuming! with { Sectors = opened.Image.Sectors, SectorSize = opened.Image.SectorSize };
                _ring.Tell(new RingProtocol.Start(Record.Aliases, TakeOver: true));
                break;
            case ImageProtocol.OpenFailed failed when IsPassing(failed.Errno) && _attempt < Settings.ResumeAttempts:
                _attempt++;
                Timers.StartSingleTimer(RetryTimer, Retry.Instance, Settings.ResumeInterval);
                break;
            case Retry:
                _image.Tell(OpeningOf(_resuming!, Record.Length));
                break;
            case ImageProtocol.OpenFailed failed:
                FailResuming(failed.Errno, failed.Reason);
                break;
            case RingProtocol.Started:
                CompleteResuming();
                break;
            case RingProtocol.StartFailed failed:
                _ringFailure = failed;
                _image.Tell(new ImageProtocol.Close(Force: false));
                break;
            case ImageProtocol.Closed or ImageProtocol.CloseFailed when _ringFailure is { } failure:
                _ringFailure = null;
                FailResuming(failure.Errno, failure.Reason);
                break;
            default:
                Later(message);
                break;
        }
    }

    private void CompleteResuming()
    {
        Change(_resuming! with { Paused = false, ResumeFailed = false });
        _resuming = null;
        _log.Resumed(Minor, Record.Name!);
        Reply(_isReopening
            ? new TapdiskResponse.Open((ushort)Minor, new TapdiskImage(Record.Sectors, Record.SectorSize, 0))
            : new TapdiskResponse.Resume((ushort)Minor));
        _isReopening = false;
        EnterRunning();
    }

    private void FailResuming(int errno, string reason)
    {
        _resuming = null;
        if (_isReopening)
            _entry.Key = null;
        _isReopening = false;
        _log.ResumeFailed(Minor, reason);
        Change(Record with { ResumeFailed = true });
        Reply(new TapdiskResponse.Error((ushort)Minor, errno, reason));
        EnterPaused();
    }

    /// <summary>The storage may be there in a second; a missing or wrong image will not change by waiting.</summary>
    private static bool IsPassing(int errno) =>
        errno is Errno.EAGAIN or Errno.EBUSY or Errno.EINTR or Errno.EIO or Errno.ENXIO or Errno.ETIMEDOUT
            or Errno.ECONNREFUSED or Errno.ECONNRESET;

    private sealed class Retry
    {
        internal static readonly Retry Instance = new();
    }
}
