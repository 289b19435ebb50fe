using Akka.Actor;
using Tapvisor.Actors.Disks;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages;
using Tapvisor.Messages.Actors;
using Tapvisor.Native;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>OPEN: image first, then the ring device (upstream tapdisk_control_open_image).</summary>
internal sealed partial class TapdiskActor
{
    // What no driver of this service offers yet. VHD_INDEX is left out because it has no effect in upstream either.
    private const TapdiskMessageFlags Unserved =
        TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_CACHE
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LOG
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LCACHE
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_SECONDARY
        | TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_STANDBY;

    private DiskRecord? _opening;
    private RingProtocol.StartFailed? _ringFailure;

    private void BeginOpening(TapdiskRequest.Open open)
    {
        if (!TryAccept(open))
            return;
        _client = Sender;
        _entry.Key = open.Key?.Clone();
        _opening = RecordOf(open.Params);
        _image.Tell(OpeningOf(_opening, minimumLength: 0));
        Proceed(Opening, _entry.State);
    }

    private void Opening(object message)
    {
        switch (message)
        {
            case ImageProtocol.Opened opened:
                _opening = _opening! with { Sectors = opened.Image.Sectors, SectorSize = opened.Image.SectorSize, WasClosed = false };
                _ring.Tell(new RingProtocol.Start(Record.Aliases, TakeOver: false));
                break;
            case ImageProtocol.OpenFailed failed:
                _log.OpenFailed(Minor, _opening!.Name!, failed.Reason);
                AbandonOpening(failed.Errno, failed.Reason);
                break;
            case RingProtocol.Started:
                CompleteOpening();
                break;
            case RingProtocol.StartFailed failed:
                _log.OpenFailed(Minor, _opening!.Name!, failed.Reason);
                _ringFailure = failed;
                _image.Tell(new ImageProtocol.Close(Force: false));
                break;
            case ImageProtocol.Closed or ImageProtocol.CloseFailed when _ringFailure is { } failure:
                _ringFailure = null;
                AbandonOpening(failure.Errno, failure.Reason);
                break;
            default:
                Later(message);
                break;
        }
    }

    private void CompleteOpening()
    {
        Change(_opening!);
        _opening = null;
        _log.Opened(Minor, Record.Name!, Record.Sectors, Record.SectorSize);
        Reply(new TapdiskResponse.Open((ushort)Minor, new TapdiskImage(Record.Sectors, Record.SectorSize, 0)));
        EnterRunning();
    }

    private void AbandonOpening(int errno, string reason)
    {
        _opening = null;
        _entry.Key = null;
        Reply(new TapdiskResponse.Error((ushort)Minor, errno, reason));
        EnterAttached();
    }

    private bool TryAccept(TapdiskRequest.Open open)
    {
        if (!TryAccept(open, open.Params.Flags, open.Params.Path))
            return false;
        if (open.Params.ParentMinor != Minor)
            return true;
        Refuse(open, Errno.EINVAL, $"'{open.Params.Path}' cannot be stacked on minor {Minor}, which is itself.");
        return false;
    }

    /// <summary>Refuses what cannot be opened whatever the image is.</summary>
    private bool TryAccept(TapdiskRequest request, TapdiskMessageFlags flags, string name)
    {
        TapdiskMessageFlags unserved = flags & Unserved;
        if (unserved != TapdiskMessageFlags.None)
        {
            Refuse(request, Errno.EOPNOTSUPP, $"'{name}' cannot be opened with {unserved}: this service does not serve it.");
            return false;
        }
        try
        {
            ImageName.Parse(name);
            return true;
        }
        catch (BlockException e)
        {
            Refuse(request, e.Errno, e.Message);
            return false;
        }
    }

    private DiskRecord RecordOf(TapdiskParams parameters) => Record with
    {
        Name = parameters.Path,
        Flags = parameters.Flags,
        ParentMinor = parameters.ParentMinor < 0 ? null : parameters.ParentMinor,
        RequestTimeout = parameters.RequestTimeout,
    };

    private ImageProtocol.Open OpeningOf(DiskRecord record, long minimumLength) => new(
        record.Name!,
        record.Flags,
        _entry.Key,
        record.ParentMinor,
        record.RequestTimeout > 0 ? TimeSpan.FromSeconds(record.RequestTimeout) : Settings.RequestTimeout,
        minimumLength);
}
