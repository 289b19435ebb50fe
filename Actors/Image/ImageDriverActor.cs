using Akka.Actor;
using Akka.Event;
using Tapvisor.BlockIo;
using Tapvisor.Disks;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages;
using Tapvisor.Metrics;
using Tapvisor.Native;

namespace Tapvisor.Actors.Image;

/// <summary>
/// Opens, closes and re-opens a disk's image. It fails, by throwing, when the driver has; its next incarnation closes what the last one
/// left before it does anything else, because the image's own lock would refuse a second opening.
/// <code>
///   Cleaning ──▶ Ready ──Open──▶ Opening ──▶ Ready
///                  │ ──Close, Fail──▶ Closing ──▶ Ready
///                  └─ the driver failed: throw ImageFaultedException ──▶ (restart) Cleaning
/// </code>
/// </summary>
internal sealed class ImageDriverActor(int minor, IImageHost image, DiskHistory history) : UntypedActor, IWithUnboundedStash
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Action<Exception>? _onFault;
    private bool _isRestart;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        IActorRef self = Self;
        _onFault = fault => self.Tell(new DriverFaulted(fault), ActorRefs.NoSender);
        image.Faulted += _onFault;
        image.CloseAsync(force: true).PipeTo(self, success: () => new Cleaned(), failure: e => new CloseError(e));
        Become(Cleaning);
    }

    protected override void PostRestart(Exception reason)
    {
        _isRestart = true;
        base.PostRestart(reason);
    }

    protected override void PostStop() => image.Faulted -= _onFault;

    protected override void OnReceive(object message) => Unhandled(message);

    private void Cleaning(object message)
    {
        switch (message)
        {
            case Cleaned:
                EnterReady();
                break;
            case CloseError error:
                // Nobody can be told that the failed driver's last words were lost: what was acknowledged as flushed was flushed before.
                _log.CleaningFailed(minor, error.Cause);
                EnterReady();
                break;
            case DriverFaulted:
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    private void Ready(object message)
    {
        IActorRef self = Self;
        switch (message)
        {
            case ImageProtocol.Open open:
                image.OpenAsync(open.Image).PipeTo(self, success: info => new OpenDone(info), failure: e => new OpenError(open.Image.Name, e));
                Become(Opening);
                break;
            case ImageProtocol.Close close:
                image.CloseAsync(close.Force).PipeTo(self, success: () => new CloseDone(), failure: e => new CloseError(e));
                Become(Closing);
                break;
            case ImageProtocol.Fail fail:
                image.FailAsync(fail.Errno).PipeTo(self, success: () => new FailDone(), failure: e => new FailError(e));
                Become(Closing);
                break;
            case DriverFaulted fault:
                var failure = new ImageFaultedException(fault.Cause);
                history.ImageRestarted(failure.Message);
                _log.DriverFaulted(minor, failure.Message, fault.Cause);
                throw failure;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Opening(object message)
    {
        switch (message)
        {
            case OpenDone done:
                Answer(new ImageProtocol.Opened(ToWire(done.Info)));
                break;
            case OpenError error:
                (int errno, string reason) = Explain(error.Cause, $"The image '{error.Name}' cannot be opened");
                Answer(new ImageProtocol.OpenFailed(errno, reason));
                break;
            default:
                // This includes a fault of the image that was just opened, which is dealt with once the answer is out.
                Stash.Stash();
                break;
        }
    }

    private void Closing(object message)
    {
        switch (message)
        {
            case CloseDone:
                Answer(new ImageProtocol.Closed());
                break;
            case FailDone:
                Answer(new ImageProtocol.Failed());
                break;
            case FailError error:
                // The clients are let go next, and hear of it by that.
                _log.FailingFailed(minor, error.Cause);
                Answer(new ImageProtocol.Failed());
                break;
            case CloseError error:
                (int errno, string reason) = Explain(error.Cause, "The image was not closed in good order");
                Answer(new ImageProtocol.CloseFailed(errno, reason));
                break;
            case DriverFaulted fault:
                // Its image is being closed anyway, and what it had not answered waits for the next one.
                _log.DriverFaultedWhileClosing(minor, fault.Cause);
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    private void EnterReady()
    {
        if (_isRestart)
            Context.Parent.Tell(new ImageProtocol.Restarted());
        Become(Ready);
        Stash.UnstashAll();
    }

    private void Answer(ImageProtocol.Answer answer)
    {
        Context.Parent.Tell(answer);
        Become(Ready);
        Stash.UnstashAll();
    }

    private static (int Errno, string Reason) Explain(Exception cause, string what) =>
        cause is BlockException block ? (block.Errno, block.Message) : (Errno.EIO, $"{what}: {cause.GetType().Name}: {cause.Message}");

    private static TapdiskImage ToWire(ImageInfo info) =>
        new((ulong)(info.Length / info.SectorSize), (uint)info.SectorSize, info.Flags);

    private sealed record DriverFaulted(Exception Cause);

    private sealed record OpenDone(ImageInfo Info);

    private sealed record OpenError(string Name, Exception Cause);

    private sealed record CloseError(Exception Cause);

    private sealed record Cleaned;

    private sealed record CloseDone;

    private sealed record FailDone;

    private sealed record FailError(Exception Cause);
}
