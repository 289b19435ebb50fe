using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Tapdisk;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Actors.XenStore;

/// <summary>
/// tapback's master: finds the devices in the store, one VbdDeviceActor for each. They are found here and not by the disks they
/// belong to, because libxl waits for a device's state 2 before it runs the script that names a disk.
/// <code>
///   Waiting ──Start──▶ Connecting ──(store reached)──▶ Watching
///                        ▲    │ not reached
///                        └────┘ after a pause
/// </code>
/// It is no child of the supervisor: whatever happens here, the disks go on.
/// </summary>
public sealed class XenStoreActor : UntypedActor, IWithTimers
{
    private const string RetryTimer = "retry";

    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly VbdRegister _register;
    private readonly Dictionary<VbdId, IActorRef> _devices = [];
    private readonly XenStoreEndpoint _endpoint;
    private readonly ILogger _clientLog;
    private readonly IActorRef _supervisor;
    private VbdOptions _options;
    private VbdPaths _paths;
    private Task<Reached>? _reaching;
    private XenStoreClient? _client;
    private bool _hasComplained;

    /// <param name="endpoint">The store.</param>
    /// <param name="options">How devices are served; the domain is found out.</param>
    /// <param name="register">The open disks and the devices, which outlive every incarnation of it.</param>
    /// <param name="supervisor">Takes what the rings are asked.</param>
    /// <param name="clientLog">For the connection to the store.</param>
    public XenStoreActor(XenStoreEndpoint endpoint, VbdOptions options, VbdRegister register, IActorRef supervisor, ILogger clientLog)
    {
        _register = register;
        _endpoint = endpoint;
        _options = options;
        _paths = new VbdPaths(options);
        _supervisor = supervisor;
        _clientLog = clientLog;
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DiskProtocol.Opened));
        Context.System.EventStream.Subscribe(Self, typeof(DiskProtocol.Closed));
    }

    /// <inheritdoc />
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Self.Tell(new VbdProtocol.Start());
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        Pending.Discard(_reaching);
    }

    /// <summary>Waiting.</summary>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case VbdProtocol.Start:
                Connect();
                break;
            default:
                Otherwise(message);
                break;
        }
    }

    /// <summary>What is the same in every state.</summary>
    private void Otherwise(object message)
    {
        switch (message)
        {
            case DiskProtocol.Opened opened:
                _register.Disks.Set(new OpenDisk(opened.Minor, opened.Sockets, opened.Sectors));
                TellDevices(opened);
                break;
            case DiskProtocol.Closed closed:
                _register.Disks.Remove(closed.Minor);
                TellDevices(closed);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Connecting(object message)
    {
        switch (message)
        {
            case Reached reached:
                _client = reached.Client;
                _options = _options with { DomId = reached.DomId };
                _paths = new VbdPaths(_options);
                _log.Serving(_endpoint.Path, _paths.Root);
                Listen(reached.Backends);
                Listen(reached.Deaths);
                Become(Watching);
                break;
            case NotReached notReached:
                if (!_hasComplained)
                    _log.NoStore(notReached.Cause.Message);
                _hasComplained = true;
                Timers.StartSingleTimer(RetryTimer, new Retry(), s_retry);
                break;
            case Retry:
                Connect();
                break;
            default:
                Otherwise(message);
                break;
        }
    }

    private void Watching(object message)
    {
        switch (message)
        {
            case Event { Watch: var watch, Path: var path }:
                Listen(watch);
                if (watch.Path.StartsWith('@'))
                    LookForDeaths();
                else if (_paths.TryFind(path, out VbdId changed))
                    Changed(changed);
                else
                    Scan();
                break;
            case Scanned scanned:
                foreach (VbdId id in scanned.Devices.Union(_devices.Keys))
                    Changed(id);
                LookForDeaths();
                break;
            case Found found:
                Changed(found.Id);
                break;
            case Gone:
                break;
            case ScanFailed { Cause: XenStoreException { IsConnectionLost: true } }:
                // When it is back every watch fires.
                break;
            case ScanFailed failed:
                _log.ScanFailed(failed.Cause.Message);
                Timers.StartSingleTimer(RetryTimer, new Retry(), s_retry);
                break;
            case Retry:
                Scan();
                break;
            case DomainsSeen seen:
                foreach ((VbdId id, IActorRef device) in _devices)
                {
                    if (seen.IsAlive.TryGetValue(id.DomId, out bool isAlive))
                        device.Tell(new VbdProtocol.DomainSeen(isAlive));
                }
                break;
            case VbdProtocol.Over over when _devices.TryGetValue(over.Id, out IActorRef? device) && device.Equals(Sender):
                Context.Stop(device);
                break;
            case Terminated terminated:
                Ended(terminated.ActorRef);
                break;
            case EventFailed failed:
                throw new InvalidOperationException($"A watch on the XenStore ended: {failed.Cause.Message}", failed.Cause);
            default:
                Otherwise(message);
                break;
        }
    }

    private void Connect()
    {
        _reaching = ReachAsync();
        _reaching.PipeTo(Self, success: reached => reached, failure: cause => new NotReached(cause));
        Become(Connecting);
    }

    private async Task<Reached> ReachAsync()
    {
        XenStoreClient client = await XenStoreClient.ConnectAsync(_endpoint, new XenStoreClientOptions { Log = _clientLog });
        try
        {
            // Missing where the toolstack has not set this domain up, which only dom0's does late.
            uint domId = uint.TryParse(await client.TryReadAsync("domid") ?? "0", out uint id) ? id : 0;
            XenStoreWatch backends = await client.WatchAsync(new VbdPaths(_options with { DomId = domId }).Root);
            XenStoreWatch deaths = await client.WatchAsync("@releaseDomain");
            return new Reached(client, domId, backends, deaths);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private void Listen(XenStoreWatch watch) => watch.NextAsync()
        .PipeTo(Self, success: path => new Event(watch, path), failure: cause => new EventFailed(cause));

    private void Changed(VbdId id)
    {
        if (!_devices.TryGetValue(id, out IActorRef? device))
        {
            var store = new VbdStore(_client!, id, _options, _register.Disks);
            VbdRecord record = _register.Device(id, _options);
            device = Context.ActorOf(
                ActorProps.Of(() => new VbdDeviceActor(store, record, _supervisor)), $"vbd-{id.DomId}-{id.DevId}");
            Context.Watch(device);
            _devices[id] = device;
            return;
        }
        device.Tell(new VbdProtocol.Changed());
    }

    /// <summary>A device that was made again while its actor ended gets another one.</summary>
    private void Ended(IActorRef actor)
    {
        VbdId id = _devices.First(device => device.Value.Equals(actor)).Key;
        _devices.Remove(id);
        _register.Forget(id);
        _client!.TryReadAsync($"{_paths.Device(id)}/state").PipeTo(
            Self,
            success: state => state is null ? new Gone() : new Found(id),
            failure: cause => new ScanFailed(cause));
    }

    private void Scan() =>
        ScanAsync(_client!).PipeTo(Self, success: devices => new Scanned(devices), failure: cause => new ScanFailed(cause));

    private async Task<List<VbdId>> ScanAsync(XenStoreClient client)
    {
        var devices = new List<VbdId>();
        foreach (string domain in await client.TryListAsync(_paths.Root))
        {
            foreach (string device in await client.TryListAsync($"{_paths.Root}/{domain}"))
            {
                if (VbdId.TryParse(domain, device, out VbdId id))
                    devices.Add(id);
            }
        }
        return devices;
    }

    /// <summary>The store says that some domain shut down or died, not which.</summary>
    private void LookForDeaths()
    {
        uint[] domains = [.. _devices.Keys.Select(id => id.DomId).Distinct()];
        LookAsync(_client!, domains).PipeTo(Self, success: seen => seen, failure: cause => new ScanFailed(cause));
    }

    private static async Task<DomainsSeen> LookAsync(XenStoreClient client, uint[] domains)
    {
        var isAlive = new Dictionary<uint, bool>();
        foreach (uint domId in domains)
        {
            try
            {
                isAlive[domId] = await client.IsDomainIntroducedAsync(domId);
            }
            catch (XenStoreException e) when (e.Errno is Errno.EACCES or Errno.EPERM)
            {
                // Some stores do not tell a driver domain; its toolstack takes the devices away all the same.
            }
        }
        return new DomainsSeen(isAlive);
    }

    private void TellDevices(DiskProtocol.Announcement announcement)
    {
        foreach (IActorRef device in _devices.Values)
            device.Tell(announcement);
    }

    private sealed record Reached(XenStoreClient Client, uint DomId, XenStoreWatch Backends, XenStoreWatch Deaths) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Client.DisposeAsync();
    }

    private sealed record NotReached(Exception Cause);

    private sealed record Event(XenStoreWatch Watch, string Path);

    private sealed record EventFailed(Exception Cause);

    private sealed record Scanned(IReadOnlyList<VbdId> Devices);

    private sealed record Found(VbdId Id);

    private sealed record Gone;

    private sealed record ScanFailed(Exception Cause);

    private sealed record DomainsSeen(IReadOnlyDictionary<uint, bool> IsAlive);

    private sealed record Retry;
}
