using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Tapvisor.Actors;
using Tapvisor.Actors.Supervisor;
using Tapvisor.BlockIo.Engines;
using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Nbd;
using Tapvisor.Metrics;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Journal;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>Puts the service together: engines below, actors above them, the control socket on top.</summary>
internal static class ServiceBuilder
{
    internal const string SystemName = "tapvisor";

    /// <summary>A service that has not started.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="signals">Of the process.</param>
    internal static IHost Build(ServiceOptions options, ServiceSignals signals)
    {
        ServiceSettings settings = options.Settings;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSerilog(Logging.Create(options.LogLevel), dispose: true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Limits.Host);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(_ => signals);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(new ControlDirectory(settings.ControlDirectory));
        builder.Services.AddSingleton<MinorMarkers>();
        builder.Services.AddSingleton(new SettingsSource(settings.Supervisor));
        builder.Services.AddSingleton(new DiskTable());
        builder.Services.AddSingleton(CreateEngines);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => new StatisticsPublisher(
            settings.StatisticsDirectory, Environment.ProcessId, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(provider => DiskJournal.Create(
            provider.GetRequiredService<ControlDirectory>().Journals, Environment.ProcessId));

        // Started in this order and stopped in the reverse one.
        builder.Services.AddSingleton<ServiceStartup>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ServiceStartup>());
        builder.Services.AddSingleton(settings.XenStore);
        builder.Services.AddSingleton<XenStoreHost>();
        builder.Services.AddAkka(SystemName, (akka, provider) => akka
            .AddHocon(AkkaSettings.Of(settings, options.Hocon), HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            })
            .WithActors((system, registry) => registry.Register<SupervisorActor>(CreateSupervisor(system, provider))));
        if (settings.StatisticsDirectory.Length > 0)
            builder.Services.AddHostedService<StatisticsService>();
        builder.Services.AddHostedService<ControlService>();
        return builder.Build();
    }

    /// <summary>
    /// Makes what the service consists of, before anything starts: what keeps a part from being made is one sentence, and nothing has to be
    /// stopped. The two parts that take longest are made side by side.
    /// </summary>
    /// <exception cref="ServiceConfigurationException">Akka.NET does not understand its settings.</exception>
    /// <exception cref="ControlException">There can be no service in its directory.</exception>
    internal static async Task MakePartsAsync(IHost host)
    {
        ServicePlace.Check(host.Services.GetRequiredService<ControlDirectory>(), host.Services.GetRequiredService<ServiceSettings>().Control);
        await Task.WhenAll(Task.Run(() => MakeActorSystem(host)), Task.Run(() => host.Services.GetRequiredService<EnginePool>()));
        _ = host.Services.GetServices<IHostedService>();
    }

    private static void MakeActorSystem(IHost host)
    {
        try
        {
            _ = CoordinatedShutdown.Get(host.Services.GetRequiredService<ActorSystem>());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ServiceConfigurationException($"The actor system cannot be made of the settings below {AkkaSettings.Root}: {e.Message}", e);
        }
    }

    private static IActorRef CreateSupervisor(ActorSystem system, IServiceProvider provider)
    {
        // Asked for here and not where the actor is made: what cannot be had fails the start, and not an actor that is tried again.
        DiskTable disks = provider.GetRequiredService<DiskTable>();
        EnginePool engines = provider.GetRequiredService<EnginePool>();
        MinorMarkers markers = provider.GetRequiredService<MinorMarkers>();
        DiskJournal journal = provider.GetRequiredService<DiskJournal>();
        SettingsSource settings = provider.GetRequiredService<SettingsSource>();
        return system.ActorOf(ActorProps.Of(() => new SupervisorActor(disks, engines, markers, journal, settings)), "supervisor");
    }

    private static EnginePool CreateEngines(IServiceProvider provider)
    {
        ServiceSettings settings = provider.GetRequiredService<ServiceSettings>();
        ControlDirectory directory = provider.GetRequiredService<ControlDirectory>();
        ILoggerFactory logs = provider.GetRequiredService<ILoggerFactory>();
        ILogger<EnginePool> poolLog = provider.GetRequiredService<ILogger<EnginePool>>();
        IoEngine[] engines = [.. Enumerable.Range(0, settings.EngineCount).Select(i => IoEngines.Create(settings.Engine with
        {
            Name = $"engine-{i}",
            UnhandledException = e => poolLog.EngineFailed($"engine-{i}", e),
        }))];
        poolLog.EnginesStarted(engines.Length, engines[0].Kind);
        var gateways = new XenGateways(DevelopmentSwitch.Hypervisor(settings.Xen));
        XenBlkifOptions xenBlkif = settings.XenBlkif with { ShadowDirectory = directory.Rings };
        ImageContext images = settings.Images with { Sockets = new NbdSockets(directory) };
        StatisticsPublisher statistics = provider.GetRequiredService<StatisticsPublisher>();
        return new EnginePool(engines, (engine, minor, disposed) =>
        {
            IDisposable? published = null;
            var host = new DiskHost(
                minor,
                engine,
                settings.Queue,
                images,
                queue =>
                [
                    new XenBlkifFrontEnd(
                        engine, new XenBlkifRingDevice(queue, minor, gateways, xenBlkif, logs.CreateLogger<XenBlkifRingDevice>())),
                    new NbdFrontEnd(
                        queue, new NbdPaths(directory, Environment.ProcessId, minor), settings.Nbd, logs.CreateLogger<NbdRingDevice>()),
                ],
                settings.Engine.QueueEntries,
                () =>
                {
                    published!.Dispose();
                    disposed();
                });
            published = statistics.Add(host);
            return host;
        });
    }
}
