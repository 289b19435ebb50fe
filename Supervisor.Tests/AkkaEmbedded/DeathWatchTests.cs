using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class DeathWatchTests : TestKit
{
    [Fact]
    public void A_watcher_learns_of_a_death_exactly_once()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        Watch(actor);
        Watch(actor);
        Sys.Stop(actor);

        Assert.True(ExpectTerminated(actor).ExistenceConfirmed);
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Watching_a_dead_actor_tells_of_its_death_at_once()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Watch(actor);

        Assert.False(ExpectTerminated(actor).ExistenceConfirmed);
    }

    [Fact]
    public void After_unwatch_nothing_arrives()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        Watch(actor);
        Unwatch(actor);
        Sys.Stop(actor);

        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Unwatch_takes_back_a_notification_that_waits_in_the_mailbox()
    {
        using var watched = new ManualResetEventSlim();
        using var died = new ManualResetEventSlim();
        IActorRef subject = Sys.ActorOf(BlackHoleActor.Props);
        IActorRef watcher = Sys.ActorOf(Props.Create(() => new LateUnwatcher(subject, TestActor, watched, died)));
        watcher.Tell("go");
        Assert.True(watched.Wait(TimeSpan.FromSeconds(10)));
        Watch(subject);
        Sys.Stop(subject);
        ExpectTerminated(subject);
        died.Set();

        ExpectMsg("unwatched");
        watcher.Tell("still alive");
        ExpectMsg("still alive");
    }

    [Fact]
    public void WatchWith_sends_its_own_message()
    {
        IActorRef subject = Sys.ActorOf(BlackHoleActor.Props);
        IActorRef watcher = Sys.ActorOf(Props.Create(() => new Watcher(subject, TestActor, "image lost")));
        watcher.Tell("ping");
        ExpectMsg("ping");
        Sys.Stop(subject);

        ExpectMsg("image lost");
    }

    [Fact]
    public void An_unhandled_death_is_a_death_pact()
    {
        IActorRef subject = Sys.ActorOf(BlackHoleActor.Props);
        IActorRef watcher = Sys.ActorOf(Props.Create(() => new Pact(subject)));
        Watch(watcher);
        EventFilter.Exception<DeathPactException>().ExpectOne(() => Sys.Stop(subject));

        ExpectTerminated(watcher);
    }

    [Fact]
    public void A_restart_of_the_watched_actor_is_no_death()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Echo()));
        Watch(actor);
        actor.Tell(new IOException("broken"));
        actor.Tell("alive");

        ExpectMsg("alive");
    }

    private sealed class LateUnwatcher(IActorRef subject, IActorRef test, ManualResetEventSlim watched, ManualResetEventSlim died)
        : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not "go")
            {
                test.Tell(message);
                return;
            }

            Context.Watch(subject);
            watched.Set();
            died.Wait();
            Context.Unwatch(subject);
            test.Tell("unwatched");
        }
    }

    private sealed class Watcher : UntypedActor
    {
        private readonly IActorRef _test;

        public Watcher(IActorRef subject, IActorRef test, object message)
        {
            _test = test;
            Context.WatchWith(subject, message);
        }

        protected override void OnReceive(object message) => _test.Tell(message);
    }

    private sealed class Pact : ReceiveActor
    {
        public Pact(IActorRef subject)
        {
            Context.Watch(subject);
            Receive<string>(_ => { });
        }
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message is Exception failure ? throw failure : message);
    }
}
