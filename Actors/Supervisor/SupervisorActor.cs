using Akka.Actor;
using Akka.Event;
using Tapvisor.Actors.Ring;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Actors.Supervisor;

/// <summary>
/// The root of the tree: one TapdiskActor for each attached minor. It takes the requests of the control socket, answers at once what needs
/// no disk's cooperation (PID, LIST, STATS, DISK_INFO) and hands the rest to the disk concerned, whose answer goes straight to the client.
/// A tapdisk that fails is restarted; one that keeps failing is replaced by one that has given up, so that it stays visible.
/// </summary>
public sealed class SupervisorActor : UntypedActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly DiskTable _disks;
    private readonly IDiskHostFactory _hosts;
    private readonly MinorMarkers _markers;
    private readonly IDiskJournal _journal;
    private readonly SettingsSource _settings;
    private readonly Dictionary<int, IActorRef> _detaching = [];
    private IActorRef _endClient = ActorRefs.Nobody;

    /// <summary>Takes what outlives every incarnation of it.</summary>
    public SupervisorActor(
        DiskTable disks, IDiskHostFactory hosts, MinorMarkers markers, IDiskJournal journal, SettingsSource settings)
    {
        _disks = disks;
        _hosts = hosts;
        _markers = markers;
        _journal = journal;
        _settings = settings;
    }

    /// <inheritdoc />
    protected override void PreStart()
    {
        foreach (DiskEntry entry in _disks.InAttachOrder)
            StartTapdisk(entry);
    }

    /// <inheritdoc />
    protected override SupervisorStrategy SupervisorStrategy() =>
        new ReloadableStrategy(_settings, now => now.TapdiskRestarts, _ => Directive.Restart);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TapdiskRequest.Pid pid:
                Sender.Tell(new TapdiskResponse.Pid(pid.Cookie, _settings.Current.Pid));
                break;
            case TapdiskRequest.List list:
                Sender.Tell(new DiskProtocol.Listing(_disks.List(list.Cookie)));
                break;
            case TapdiskRequest.Stats { Cookie: TapdiskMessageLayout.AllMinors } all:
                Sender.Tell(new TapdiskResponse.Stats(all.Cookie, StatisticsText.OfAll(_disks.InAttachOrder)));
                break;
            case TapdiskRequest.Attach attach:
                Attach(attach);
                break;
            case TapdiskRequest.ListMinors or TapdiskRequest.Exit:
                Refuse((TapdiskRequest)message, Errno.EINVAL, $"No tapdisk serves {((TapdiskRequest)message).Type}.");
                break;
            case TapdiskRequest request:
                Route(request);
                break;
            case DiskProtocol.ToRing toRing:
                RouteToRing(toRing);
                break;
            case Adopt adopt:
                Adopt(adopt);
                break;
            case DiskProtocol.Detached detached:
                _detaching[detached.Minor] = Sender;
                Context.Stop(Context.Child(NameOf(detached.Minor)));
                break;
            case Disposed disposed:
                CompleteDetaching(disposed.Minor);
                break;
            case TapdiskStopped stopped:
                DisposeOrReplace(stopped.Minor);
                break;
            case EndAll:
                BeginEnding();
                break;
            case DiskProtocol.Ended ended:
                MarkEnded(ended.Minor);
                CompleteEnding();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static string NameOf(int minor) => $"tapdisk-{minor}";

    private void Route(TapdiskRequest request)
    {
        // Upstream's tapback leaves the cookie at 0: domain and device say whose ring it is.
        if (request is TapdiskRequest.XenBlkifDisconnect disconnect)
        {
            if (FindServer(disconnect.DomId, disconnect.DevId) is { } server)
                Context.Child(NameOf(server.Minor)).Forward(request);
            else
                Refuse(request, Errno.ENODEV, $"No ring of domain {disconnect.DomId} device {disconnect.DevId} is connected.");
            return;
        }
        if (!_disks.TryGet(request.Cookie, out DiskEntry? entry))
        {
            Refuse(request, Errno.ENODEV, $"No minor {request.Cookie} is attached to this service.");
            return;
        }
        switch (request)
        {
            case TapdiskRequest.Stats:
                Sender.Tell(new TapdiskResponse.Stats(request.Cookie, StatisticsText.Of(entry)));
                break;
            case TapdiskRequest.DiskInfo:
                Sender.Tell(new TapdiskResponse.DiskInfo(
                    request.Cookie, new TapdiskImage(entry.Record.Sectors, entry.Record.SectorSize, 0)));
                break;
            case TapdiskRequest.Inject inject:
                Inject(inject, entry);
                break;
            default:
                Context.Child(NameOf(request.Cookie)).Forward(request);
                break;
        }
    }

    private DiskEntry? FindServer(uint domId, uint devId) => _disks.InAttachOrder.FirstOrDefault(
        entry => entry.Host.Statistics.Guests.Any(guest => guest.DomId == domId && guest.DevId == devId));

    private void RouteToRing(DiskProtocol.ToRing toRing)
    {
        int minor = toRing is { Minor: < 0, Message: RingProtocol.Disconnect disconnect }
            ? FindServer(disconnect.DomId, disconnect.DevId)?.Minor ?? toRing.Minor
            : toRing.Minor;
        if (_disks.TryGet(minor, out _) && !_detaching.ContainsKey(minor))
            Context.Child(NameOf(minor)).Forward(toRing.Message);
        else
            RinglessDisk.Answer(toRing.Message, Sender, $"no minor {toRing.Minor} is attached to this service");
    }

    private void Attach(TapdiskRequest.Attach attach)
    {
        if (_disks.TryGet(attach.Cookie, out _))
        {
            Refuse(attach, Errno.EEXIST, $"Minor {attach.Cookie} is attached to this service already.");
            return;
        }
        try
        {
            Add(new DiskRecord { Minor = attach.Cookie });
            Sender.Tell(new TapdiskResponse.Attach(attach.Cookie));
        }
        catch (ControlException e)
        {
            Refuse(attach, e.Errno, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(attach, Errno.EIO, $"Minor {attach.Cookie} cannot be attached: {e.Message}");
        }
    }

    private void Add(DiskRecord record)
    {
        LockedFile marker = _markers.Attach(record.Minor);
        try
        {
            _journal.Save(record);
            var entry = new DiskEntry(record, _hosts.Create(record.Minor), marker);
            _disks.Add(entry);
            StartTapdisk(entry);
        }
        catch
        {
            marker.Dispose();
            throw;
        }
        _log.Attached(record.Minor);
    }

    private void Adopt(Adopt adopt)
    {
        var minors = new List<int>();
        var refused = new List<string>();
        foreach (DiskRecord record in adopt.Records)
        {
            try
            {
                Add(record);
                minors.Add(record.Minor);
            }
            catch (Exception e) when (e is ControlException or IOException or UnauthorizedAccessException)
            {
                refused.Add($"minor {record.Minor} ({record.Name ?? "nothing open"}): {e.Message}");
            }
        }
        Sender.Tell(new Adopted(minors, refused));
    }

    private void StartTapdisk(DiskEntry entry)
    {
        IActorRef tapdisk = Context.ActorOf(
            ActorProps.Of(() => new TapdiskActor(entry, _journal, _settings)), NameOf(entry.Minor));
        Context.WatchWith(tapdisk, new TapdiskStopped(entry.Minor));
    }

    private void Inject(TapdiskRequest.Inject inject, DiskEntry entry)
    {
        if (!_settings.Current.FaultInjection)
        {
            Refuse(inject, Errno.EPERM, "Faults can be injected only where the configuration says tapvisor.fault-injection = on.");
            return;
        }
        if (!IsPossible(inject))
        {
            Refuse(inject, Errno.EINVAL, $"The fault {inject.Kind} {inject.Argument} on {inject.Operation}, count {inject.Count}, makes no sense.");
            return;
        }
        entry.Host.Inject(inject.Kind, inject.Operation, inject.Argument, inject.Count);
        _log.Injected(entry.Minor, inject.Kind, inject.Operation, inject.Argument, inject.Count);
        Sender.Tell(new TapdiskResponse.Inject(inject.Cookie));
    }

    private static bool IsPossible(TapdiskRequest.Inject inject) =>
        Enum.IsDefined(inject.Kind)
        && Enum.IsDefined(inject.Operation)
        && inject.Count <= int.MaxValue
        && (inject.Kind != FaultKind.Error || (inject.Argument > 0 && inject.Argument <= Errno.Largest));

    /// <summary>A tapdisk is no more: either it is being detached, or it failed too often.</summary>
    private void DisposeOrReplace(int minor)
    {
        if (!_disks.TryGet(minor, out DiskEntry? entry))
            return;
        if (_detaching.ContainsKey(minor))
        {
            DisposeAsync(entry).PipeTo(Self, success: () => new Disposed(minor), failure: _ => new Disposed(minor));
            return;
        }

        // The strategy stopped it: it failed too often. Its successor keeps the disk visible and its guest answered.
        entry.GivenUp = true;
        _log.TapdiskStopped(minor, entry.Host.History.LastReason ?? "unknown");
        StartTapdisk(entry);
    }

    private async Task DisposeAsync(DiskEntry entry)
    {
        try
        {
            await entry.DisposeAsync();
        }
        catch (Exception e)
        {
            _log.DisposeFailed(entry.Minor, e);
            throw;
        }
    }

    private void CompleteDetaching(int minor)
    {
        _disks.Remove(minor);
        _journal.Remove(minor);
        _log.Detached(minor);
        if (_detaching.Remove(minor, out IActorRef? client))
            client.Tell(new TapdiskResponse.Detach((ushort)minor));
        if (_disks.Count == 0)
            Context.System.EventStream.Publish(new LastDetached());
        CompleteEnding();
    }

    private void BeginEnding()
    {
        _endClient = Sender;
        foreach (DiskEntry entry in _disks.InAttachOrder)
            Context.Child(NameOf(entry.Minor)).Tell(new DiskProtocol.End());
        CompleteEnding();
    }

    private void MarkEnded(int minor)
    {
        if (_disks.TryGet(minor, out DiskEntry? entry))
            entry.HasEnded = true;
    }

    private void CompleteEnding()
    {
        if (_endClient.IsNobody() || _disks.NotEnded.Any())
            return;
        _endClient.Tell(new AllEnded());
        _endClient = ActorRefs.Nobody;
    }

    private void Refuse(TapdiskRequest request, int errno, string reason) =>
        Sender.Tell(new TapdiskResponse.Error(request.Cookie, errno, reason));

    private sealed record Disposed(int Minor);

    private sealed record TapdiskStopped(int Minor);
}
