using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting.Logging;
using Akka.Util;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

/// <summary>What the host's actor system will be.</summary>
public sealed class AkkaConfigurationBuilder
{
    public readonly HashSet<Setup> Setups = [];

    private readonly string _actorSystemName;
    private readonly List<ActorStarter> _actorStarters = [];
    private readonly List<StartupTask> _startupTasks = [];

    public AkkaConfigurationBuilder(IServiceCollection serviceCollection, string actorSystemName)
    {
        _actorSystemName = actorSystemName;
        ServiceCollection = serviceCollection;
    }

    public Option<Config> Configuration { get; private set; }

    internal IServiceCollection ServiceCollection { get; }

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry> starter) => StartActors(AsTask(starter));

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry, IDependencyResolver> starter) =>
        StartActors((system, registry) => starter(system, registry, DependencyResolver.For(system).Resolver));

    public AkkaConfigurationBuilder StartActors(ActorStarterWithResolver starter) =>
        StartActors((ActorStarter)((system, registry) => starter(system, registry, DependencyResolver.For(system).Resolver)));

    public AkkaConfigurationBuilder StartActors(ActorStarter starter)
    {
        _actorStarters.Add(starter);
        return this;
    }

    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask) =>
        AddStartup(new StartupTask(AsTask(startupTask)));

    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask)
    {
        _startupTasks.Add(startupTask);
        return this;
    }

    internal AkkaConfigurationBuilder AddHoconConfiguration(Config config, HoconAddMode addMode)
    {
        Configuration = Option<Config>.Create((addMode, Configuration.HasValue) switch
        {
            (HoconAddMode.Append, true) => Configuration.Value.WithFallback(config),
            (HoconAddMode.Prepend, true) => config.WithFallback(Configuration.Value),
            _ => config,
        });
        return this;
    }

    /// <summary>Creates the actor system, without its actors.</summary>
    internal ActorSystem CreateSystem(IServiceProvider services)
    {
        if (!Setups.OfType<LoggerFactorySetup>().Any() && services.GetService<ILoggerFactory>() is { } loggerFactory)
        {
            Setups.Add(new LoggerFactorySetup(loggerFactory));
        }

        BootstrapSetup bootstrap = BootstrapSetup.Create().WithConfig(Configuration.GetOrElse(Config.Empty));
        return ActorSystem.Create(
            _actorSystemName, ActorSystemSetup.Create([bootstrap, DependencyResolverSetup.Create(services), .. Setups]));
    }

    /// <summary>Starts the actors, then runs the startup tasks, in the order in which they were added.</summary>
    internal async Task StartAsync(ActorSystem system)
    {
        ActorRegistry registry = ActorRegistry.For(system);
        foreach (ActorStarter starter in _actorStarters)
        {
            await starter(system, registry).ConfigureAwait(false);
        }

        foreach (StartupTask task in _startupTasks)
        {
            await task(system, registry).ConfigureAwait(false);
        }
    }

    private static ActorStarter AsTask(Action<ActorSystem, IActorRegistry> action) => (system, registry) =>
    {
        action(system, registry);
        return Task.CompletedTask;
    };
}
