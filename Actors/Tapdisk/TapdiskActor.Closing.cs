using Akka.Actor;
using Tapvisor.Actors.Image;
using Tapvisor.Actors.Ring;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>
/// CLOSE, FORCE_SHUTDOWN, and the end of the service: guests' rings first, whose further requests stay where they are; then the image, so
/// that what was acknowledged is in it; then what still waits is answered with ESHUTDOWN and the clients are let go (upstream
/// tapdisk_control_close_image, which waits for rings but not for NBD: W-7).
/// </summary>
internal sealed partial class TapdiskActor
{
    private object? _closing;
    private ImageProtocol.CloseFailed? _closeFailure;

    private bool IsForced => _closing is TapdiskRequest.ForceShutdown;

    private void BeginClosing(object request)
    {
        _client = Sender;
        _closing = request;
        _closeFailure = null;
        Timers.CancelAll();
        _ring.Tell(new RingProtocol.Release(HandOver: request is DiskProtocol.End, Force: IsForced));
        Proceed(Closing, _entry.State | VbdState.TD_VBD_SHUTDOWN_REQUESTED);
    }

    private void Closing(object message)
    {
        switch (message)
        {
            case RingProtocol.Released:
                _image.Tell(new ImageProtocol.Close(IsForced));
                break;
            case ImageProtocol.CloseFailed failed:
                _log.CloseFailed(Minor, failed.Reason);
                _closeFailure = failed;
                _image.Tell(new ImageProtocol.Fail(Errno.ESHUTDOWN));
                break;
            case ImageProtocol.Closed:
                _image.Tell(new ImageProtocol.Fail(Errno.ESHUTDOWN));
                break;
            case ImageProtocol.Failed:
                _ring.Tell(new RingProtocol.Stop());
                break;
            case RingProtocol.Stopped:
                CompleteClosing();
                break;
            case ImageProtocol.Opened or ImageProtocol.OpenFailed or RingProtocol.Started or RingProtocol.StartFailed:
                // Answers to what was under way when the close came.
                break;
            default:
                Later(message);
                break;
        }
    }

    private void CompleteClosing()
    {
        object closing = _closing!;
        _closing = null;
        _grown = null;
        _entry.Key = null;
        if (closing is DiskProtocol.End)
        {
            // The record stays as it is: the next service brings the disk back in the state that this one left.
            Reply(new DiskProtocol.Ended(Minor));
            Proceed(Gone, VbdState.TD_VBD_CLOSED);
            return;
        }
        _entry.GivenUp = false;
        _log.Closed(Minor, Record.Name ?? "");
        Change(new DiskRecord { Minor = Minor, WasClosed = true });
        _xenStore.Tell(new DiskProtocol.Closed(Minor));
        Reply(_closeFailure is { } failure
            ? new TapdiskResponse.Error((ushort)Minor, failure.Errno, failure.Reason)
            : new TapdiskResponse.Close((ushort)Minor));
        EnterAttached();
    }
}
