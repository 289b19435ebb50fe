using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit.TestActors;

namespace Tapvisor.Tests.AkkaEmbedded;

public class ActorSystemTests
{
    [Fact]
    public async Task Terminate_stops_all_actors_before_it_completes()
    {
        var stopped = new ConcurrentQueue<string>();
        ActorSystem system = Create();
        IActorRef parent = system.ActorOf(Props.Create(() => new Family(stopped)), "parent");
        await parent.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(10));
        await system.Terminate();

        Assert.Equal(["child", "parent"], stopped);
    }

    [Fact]
    public async Task Termination_callbacks_run_last_added_first()
    {
        var called = new ConcurrentQueue<string>();
        ActorSystem system = Create();
        system.RegisterOnTermination(() => called.Enqueue("first"));
        system.RegisterOnTermination(() => called.Enqueue("second"));
        await system.Terminate();

        Assert.Equal(["second", "first"], called);
    }

    [Fact]
    public async Task A_terminated_system_creates_no_actors()
    {
        ActorSystem system = Create();
        await system.Terminate();

        Assert.ThrowsAny<InvalidOperationException>(() => system.ActorOf(BlackHoleActor.Props));
    }

    [Fact]
    public async Task Several_systems_live_side_by_side()
    {
        ActorSystem one = Create();
        ActorSystem two = Create();
        await one.Terminate();

        Assert.False(two.WhenTerminated.IsCompleted);
        await two.Terminate();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-system")]
    [InlineData("my system")]
    public void A_malformed_name_is_refused(string name) => Assert.Throws<ArgumentException>(() => ActorSystem.Create(name));

    private static ActorSystem Create() => ActorSystem.Create("system", "akka.loglevel = OFF");

    private sealed class Family(ConcurrentQueue<string> stopped) : UntypedActor
    {
        protected override void PreStart()
        {
            if (Self.Path.Name == "parent")
            {
                Context.ActorOf(Props.Create(() => new Family(stopped)), "child");
            }
        }

        protected override void PostStop() => stopped.Enqueue(Self.Path.Name);

        protected override void OnReceive(object message)
        {
        }
    }
}
