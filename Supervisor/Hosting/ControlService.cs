using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Control;
using Tapvisor.Supervisor.Journal;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>
/// The last to start: brings back the disks of dead services, then opens the control socket. It ends in the phases of Akka's coordinated
/// shutdown: no new requests, then every disk in good order, then the actors.
/// </summary>
internal sealed class ControlService(
    ServiceOptions options,
    ServiceStartup startup,
    ControlDirectory directory,
    DiskTable disks,
    SettingsSource settings,
    ActorSystem system,
    IRequiredActor<SupervisorActor> supervisor,
    XenStoreHost xenStore,
    ServiceSignals signals,
    IHostApplicationLifetime lifetime,
    ILoggerFactory logs) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _log = logs.CreateLogger<ControlService>();
    private readonly SystemdNotifier _systemd = new();
    private ControlServer? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IActorRef root = await supervisor.GetAsync(cancellationToken);
        await xenStore.PrepareAsync(system, root);

        // Before there are disks: an end that is asked for while they come back is in good order, too.
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "close-control-socket", CloseAsync);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "end-disks", () => EndAsync(root));
        await AdoptAsync(root, cancellationToken);
        xenStore.Start();
        if (options.OnDemand && options.Settings.OnDemandLinger > TimeSpan.Zero)
        {
            system.ActorOf(
                ActorProps.Of(() => new LingerActor(disks, options.Settings.OnDemandLinger, lifetime, _log)), "linger");
        }
        signals.OnReload(Reload);
        _server = new ControlServer(
            directory.ControlSocket(Environment.ProcessId), options.Settings.Control, root, logs.CreateLogger<ControlServer>());
        startup.Publish();
        _log.Ready(ServiceVersion.Text, directory.Path, Environment.ProcessId);
        _systemd.Ready($"serving {directory.Path}, {disks.Count} disks brought back");
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _systemd.Stopping();
        return Task.CompletedTask;
    }

    /// <summary>For a service whose start failed half-way; otherwise the socket is closed by then.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<Done> CloseAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
            await server.DisposeAsync();
        return Done.Instance;
    }

    private async Task<Done> EndAsync(IActorRef root)
    {
        try
        {
            await xenStore.StopAsync();
            await root.Ask<AllEnded>(new EndAll(), options.Settings.Limits.Disks);
        }
        catch (AskTimeoutException)
        {
            _log.EndedEarly(options.Settings.Limits.Disks.TotalSeconds, string.Join(", ", disks.NotEnded));
        }
        return Done.Instance;
    }

    private async Task AdoptAsync(IActorRef root, CancellationToken cancellationToken)
    {
        using var former = FormerDisks.TakeOver(directory, _log.BrokenRecord);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (FormerDisk disk in former.Disks)
            _log.Adopting(disk.Record.Minor, disk.Record.Name ?? "nothing open", disk.Pid);
        var adopt = new Adopt([.. former.Disks.Select(disk => disk.Record)]);
        Adopted adopted = await root.Ask<Adopted>(adopt, Timeout.InfiniteTimeSpan, CancellationToken.None);
        foreach (string reason in adopted.Refused)
            _log.NotAdopted(reason);
        foreach (int minor in adopted.Minors)
            former.Forget(minor);
    }

    private void Reload()
    {
        try
        {
            ServiceSettings fresh = SettingsReader.Read(ConfigurationFile.Load(options.ConfigurationPath));
            settings.Current = fresh.Supervisor;
            options.LogLevel.MinimumLevel = Logging.ToSerilog(fresh.LogLevel);
            system.EventStream.SetLogLevel(AkkaSettings.LevelOf(fresh.LogLevel));
            _log.Reloaded();
        }
        catch (ServiceConfigurationException e)
        {
            _log.ReloadFailed(e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It runs in the handler of a signal, where an exception would end the process and every disk with it.
            _log.ReloadBroke(e);
        }
    }
}
