using Akka.Actor;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors;
using Tapvisor.Actors.XenStore;
using Tapvisor.Actors.XenStore.Vbd;
using Tapvisor.Control;
using Tapvisor.Simulation.Store;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>
/// The service's part in XenStore, from before its disks come back until just before they are closed: while the service ends, guests must
/// not be told anything, because the next one takes their rings over.
/// </summary>
internal sealed class XenStoreHost(
    XenStoreSettings settings, ServiceStartup startup, ControlDirectory directory, ILoggerFactory logs) : IAsyncDisposable
{
    private readonly ILogger _log = logs.CreateLogger<XenStoreHost>();
    private IAsyncDisposable? _embedded;
    private IActorRef _actor = ActorRefs.Nobody;

    /// <summary>Gets ready to hear of disks; nothing to do where there is no store.</summary>
    internal async Task PrepareAsync(ActorSystem system, IActorRef supervisor)
    {
        if (FindStore() is not { } store)
        {
            _log.NoXenStore();
            return;
        }
        VbdOptions options = settings.Devices with { IsMain = startup.IsMain, Pid = Environment.ProcessId };
        var register = new VbdRegister();
        ILogger clientLog = logs.CreateLogger<XenStoreClient>();
        _actor = system.ActorOf(ActorProps.Of(() => new XenStoreActor(store, options, register, supervisor, clientLog)), "xenstore");
        await _actor.Ask<ActorIdentity>(new Identify(0));
    }

    /// <summary>The disks are back: begins to serve devices.</summary>
    internal void Start() => _actor.Tell(new VbdProtocol.Start());

    /// <summary>Leaves every device as it is.</summary>
    internal async Task StopAsync()
    {
        try
        {
            if (!_actor.IsNobody())
                await _actor.GracefulStop(EndLimits.XenStore);
        }
        catch (TaskCanceledException)
        {
            // It hangs on a store that does not answer, and so cannot tell guests anything either.
        }
        _actor = ActorRefs.Nobody;
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is not null)
            await _embedded.DisposeAsync();
    }

    private XenStoreEndpoint? FindStore()
    {
        if (settings.Mode is StoreMode.Off)
            return null;
        if (settings.Store == XenStoreSettings.Embedded)
        {
            _embedded = DevelopmentSwitch.Store(directory.XenStoreSocket, out XenStoreEndpoint endpoint);
            return endpoint;
        }
        XenStoreEndpoint? store = settings.Store.Length > 0 ? new XenStoreEndpoint(settings.Store) : XenStoreEndpoint.Find();
        return settings.Mode is StoreMode.On
            ? store ?? XenStoreEndpoint.Default
            : store is not null && Path.Exists(store.Path) ? store : null;
    }
}
