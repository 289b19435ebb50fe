using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Akka.TestKit.TestActors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace Tapvisor.Tests.AkkaEmbedded.Hosting;

public class HostingTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Actors_start_with_the_host_and_are_found_by_their_key()
    {
        using IHost host = Build(akka => akka.WithActors(
            (system, registry) => registry.Register<Greeter>(system.ActorOf(Props.Create(() => new Greeter()), "greeter"))));
        await host.StartAsync();
        var required = host.Services.GetRequiredService<IRequiredActor<Greeter>>();

        Assert.Equal("hello", await required.ActorRef.Ask<string>("hi", Long));
        await host.StopAsync();
    }

    [Fact]
    public async Task Startup_tasks_run_after_the_actors_started()
    {
        var order = new List<string>();
        using IHost host = Build(akka => akka
            .AddStartup((_, _) => order.Add("task"))
            .WithActors((_, _) => order.Add("actors")));
        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(["actors", "task"], order);
    }

    [Fact]
    public async Task Stopping_the_host_runs_the_coordinated_shutdown()
    {
        var drained = new TaskCompletionSource();
        using IHost host = Build(akka => akka.AddStartup((system, _) => CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseServiceRequestsDone, "drain", () =>
            {
                drained.SetResult();
                return Task.FromResult(Done.Instance);
            })));
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        await host.StopAsync();

        Assert.True(drained.Task.IsCompleted);
        Assert.True(system.WhenTerminated.IsCompleted);
        Assert.IsType<CoordinatedShutdown.ClrExitReason>(CoordinatedShutdown.Get(system).ShutdownReason);
    }

    [Fact]
    public async Task The_end_of_the_system_stops_the_host()
    {
        using IHost host = Build(_ => { });
        await host.StartAsync();
        Task stopped = host.WaitForShutdownAsync();
        await host.Services.GetRequiredService<ActorSystem>().Terminate();

        await stopped.WaitAsync(Long);
    }

    [Fact]
    public async Task Configurations_are_added_before_or_after_what_is_there()
    {
        using IHost host = Build(akka => akka
            .AddHocon("my { a = 1, b = 1, c = 1 }", HoconAddMode.Append)
            .AddHocon("my { a = 2, d = 2 }", HoconAddMode.Append)
            .AddHocon("my { b = 3 }", HoconAddMode.Prepend));
        await host.StartAsync();
        Config config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;

        Assert.Equal(1, config.GetInt("my.a"));
        Assert.Equal(3, config.GetInt("my.b"));
        Assert.Equal(1, config.GetInt("my.c"));
        Assert.Equal(2, config.GetInt("my.d"));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_log_goes_to_the_hosts_loggers()
    {
        var log = new RecordingLoggerProvider();
        using IHost host = Build(
            akka => akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.LogLevel = LogLevel.DebugLevel;
                loggers.AddLoggerFactory();
            }),
            log);
        await host.StartAsync();
        host.Services.GetRequiredService<ActorSystem>().Log.Debug("disk {0} opened", 7);

        await log.WaitFor("disk 7 opened").WaitAsync(Long);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_required_actor_can_be_awaited_before_it_is_registered()
    {
        using IHost host = Build(_ => { });
        await host.StartAsync();
        var registry = host.Services.GetRequiredService<IActorRegistry>();
        Task<IActorRef> awaited = host.Services.GetRequiredService<IRequiredActor<Greeter>>().GetAsync();
        Assert.False(awaited.IsCompleted);
        IActorRef actor = host.Services.GetRequiredService<ActorSystem>().ActorOf(BlackHoleActor.Props);
        registry.Register<Greeter>(actor);

        Assert.Equal(actor, await awaited.WaitAsync(Long));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_key_is_registered_once_unless_it_is_overwritten()
    {
        using IHost host = Build(_ => { });
        await host.StartAsync();
        var registry = host.Services.GetRequiredService<IActorRegistry>();
        var system = host.Services.GetRequiredService<ActorSystem>();
        IActorRef second = system.ActorOf(BlackHoleActor.Props);
        registry.Register<Greeter>(system.ActorOf(BlackHoleActor.Props));

        Assert.Throws<DuplicateActorRegistryException>(() => registry.Register<Greeter>(second));
        registry.Register<Greeter>(second, overwrite: true);
        Assert.Equal(second, registry.Get<Greeter>());
        Assert.Throws<MissingActorRegistryEntryException>(() => registry.Get<HostingTests>());
        await host.StopAsync();
    }

    [Fact]
    public async Task A_start_that_fails_ends_the_system()
    {
        ActorSystem? started = null;
        using IHost host = Build(akka => akka.WithActors((system, _) =>
        {
            started = system;
            throw new IOException("no disk");
        }));

        await Assert.ThrowsAsync<IOException>(() => host.StartAsync());
        await started!.WhenTerminated.WaitAsync(Long);
    }

    [Fact]
    public async Task An_actor_may_want_services()
    {
        using IHost host = Build(akka => akka.WithActors((system, registry, resolver) =>
            registry.Register<Served>(system.ActorOf(resolver.Props<Served>("disk")))));
        await host.StartAsync();

        Assert.Equal("disk of tests", await host.Services.GetRequiredService<IRequiredActor<Served>>().ActorRef.Ask<string>("?", Long));
        await host.StopAsync();
    }

    private static IHost Build(Action<AkkaConfigurationBuilder> configure, ILoggerProvider? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        if (log is not null)
        {
            builder.Logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Trace).AddProvider(log);
        }

        builder.Services.AddSingleton(new Owner("tests"));
        builder.Services.AddAkka("hosted", akka => configure(akka.AddHocon("akka.loglevel = WARNING", HoconAddMode.Append)));
        return builder.Build();
    }

    private sealed record Owner(string Name);

    private sealed class Greeter : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell("hello");
    }

    private sealed class Served(Owner owner, string name) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell($"{name} of {owner.Name}");
    }
}
