using Akka.Actor;
using Tapvisor.Actors.Image;
using Tapvisor.Actors.Ring;
using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>
/// An open disk without a working driver: after the driver failed, after this actor failed, after the service died. The guest's
/// requests wait; they see errors only once it is certain, or has lasted long enough, that the image does not come back.
/// </summary>
internal sealed partial class TapdiskActor
{
    private const string PatienceTimer = "patience";

    // The unit of every count in the block protocol (public header io/blkif.h).
    private const ulong BlkifSector = 512;

    private DiskRecord? _grown;
    private int _failures;
    private TimeSpan _runningSince;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void EnterRunning()
    {
        _runningSince = Now;
        string[] sockets = [ControlDirectory.NbdSocketName(Settings.Pid, Minor), .. Record.Aliases.Select(alias => Path.GetFileName(alias))];
        _xenStore.Tell(new DiskProtocol.Opened(Minor, sockets, (ulong)Record.Length / BlkifSector));
        Enter(Running, VbdState.None);
    }

    /// <summary>The driver of a running disk failed; one that had worked for a while begins anew with short pauses.</summary>
    private void Recover()
    {
        if (Now - _runningSince > Settings.RestartWindow)
            _failures = 0;
        EnterRecovering(NextBackoff());
    }

    private void EnterRecovering(TimeSpan backoff)
    {
        _log.Recovering(Minor, Record.Name!, backoff);
        Timers.StartSingleTimer(RetryTimer, Retry.Instance, backoff);
        Timers.StartSingleTimer(PatienceTimer, PatienceOver.Instance, Settings.RecoveryPatience);
        Enter(Recovering, VbdState.None);
    }

    private void Recovering(object message)
    {
        switch (message)
        {
            case Retry:
                _image.Tell(OpeningOf(Record, Record.Length));
                break;
            case ImageProtocol.Opened opened:
                _grown = Record with { Sectors = opened.Image.Sectors, SectorSize = opened.Image.SectorSize };
                _ring.Tell(new RingProtocol.Start(Record.Aliases, TakeOver: true));
                break;
            case RingProtocol.Started when _grown is { } record:
                _grown = null;
                Timers.CancelAll();
                Change(record);
                _log.Recovered(Minor, Record.Name!);
                EnterRunning();
                break;
            case ImageProtocol.OpenFailed { Errno: Errno.ENOKEY } failed when _entry.Key is null:
                EnterWithoutKey(failed.Reason);
                break;
            case ImageProtocol.OpenFailed failed when failed.Errno is Errno.EMEDIUMTYPE or Errno.EINVAL or Errno.ENOKEY:
                GiveUp(failed.Reason);
                break;
            case ImageProtocol.OpenFailed failed:
                RetryLater(failed.Reason, Retry.Instance);
                break;
            case RingProtocol.StartFailed failed:
                // The image stays open and serves the clients that are there; opening it again would only disturb them.
                RetryLater(failed.Reason, RetryRing.Instance);
                break;
            case RetryRing:
                _ring.Tell(new RingProtocol.Start(Record.Aliases, TakeOver: true));
                break;
            case ImageProtocol.Restarted:
                // It failed again, before the ring was there.
                _grown = null;
                EnterRecovering(NextBackoff());
                break;
            case PatienceOver:
                GiveUp($"the image did not come back within {Settings.RecoveryPatience.TotalSeconds:0.###} s");
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

    private void RetryLater(string reason, object message)
    {
        TimeSpan backoff = NextBackoff();
        _log.RecoveryFailed(Minor, reason, backoff);
        Timers.StartSingleTimer(RetryTimer, message, backoff);
    }

    private TimeSpan NextBackoff()
    {
        double factor = Math.Pow(2, Math.Min(_failures++, 30));
        TimeSpan backoff = Settings.RestartBackoffMinimum * factor;
        return backoff < Settings.RestartBackoffMaximum ? backoff : Settings.RestartBackoffMaximum;
    }

    /// <summary>The image's actor was stopped by this actor's strategy: the image is damaged, or the driver failed too often.</summary>
    private void ImageStopped()
    {
        if (_damage.Length == 0)
            throw new TapdiskFailedException(Minor, _entry.Host.History.LastReason ?? "its image driver stopped");
        string damage = _damage;
        _damage = "";
        FailClient(damage);
        StartImage();
        GiveUp(damage);
    }

    private void GiveUp(string reason)
    {
        Timers.CancelAll();
        _grown = null;
        _entry.GivenUp = true;
        _log.GivenUp(Minor, Record.Name ?? "", reason);

        // The queue can only fail its requests when no image is open, which a failed attempt may just have changed.
        _image.Tell(new ImageProtocol.Close(Force: false));
        _image.Tell(new ImageProtocol.Fail(Errno.EIO));
        Enter(GivenUp, VbdState.TD_VBD_DEAD);
    }

    private void GivenUp(object message)
    {
        switch (message)
        {
            case ImageProtocol.Opened or ImageProtocol.OpenFailed or ImageProtocol.Closed or ImageProtocol.CloseFailed or ImageProtocol.Failed:
            case RingProtocol.Started or RingProtocol.StartFailed:
            case Retry or RetryRing or PatienceOver:
                // Late answers from the attempts before.
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

    private sealed class PatienceOver
    {
        internal static readonly PatienceOver Instance = new();
    }

    private sealed class RetryRing
    {
        internal static readonly RetryRing Instance = new();
    }
}
