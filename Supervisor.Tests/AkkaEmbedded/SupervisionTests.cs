using Akka.Actor;
using Akka.TestKit.Xunit2;
using Tapvisor.Tests.AkkaEmbedded.Probes;

namespace Tapvisor.Tests.AkkaEmbedded;

public class SupervisionTests : TestKit
{
    [Fact]
    public void A_restart_keeps_the_mailbox_and_drops_the_failing_message()
    {
        IActorRef actor = Sys.ActorOf(Journal.Props(TestActor));
        actor.Tell("before");
        actor.Tell(new IOException("broken"));
        actor.Tell("after");

        FishForMessage<string>(message => message == "before");
        FishForMessage<string>(message => message == "PostRestart broken");
        ExpectMsg("PreStart");
        ExpectMsg("after");
    }

    [Fact]
    public void A_restart_makes_a_new_instance()
    {
        IActorRef actor = Sys.ActorOf(Journal.Props(CreateTestProbe()));
        actor.Tell("count");
        actor.Tell("count");
        actor.Tell(new IOException("broken"));
        actor.Tell("count");

        ExpectMsg(1);
        ExpectMsg(2);
        ExpectMsg(1);
    }

    [Fact]
    public void Resume_keeps_the_state()
    {
        IActorRef actor = Child(new OneForOneStrategy(_ => Directive.Resume));
        actor.Tell("count");
        actor.Tell(new IOException("broken"));
        actor.Tell("count");

        ExpectMsg(1);
        ExpectMsg(2);
    }

    [Fact]
    public void Stop_ends_the_child()
    {
        IActorRef actor = Child(new OneForOneStrategy(_ => Directive.Stop));
        Watch(actor);
        actor.Tell(new IOException("broken"));

        ExpectTerminated(actor);
    }

    [Fact]
    public void No_message_is_processed_until_the_parent_has_decided()
    {
        using var asked = new ManualResetEventSlim();
        using var decide = new ManualResetEventSlim();
        IActorRef actor = Child(new OneForOneStrategy(_ =>
        {
            asked.Set();
            decide.Wait();
            return Directive.Resume;
        }));
        actor.Tell(new IOException("broken"));
        actor.Tell("count");
        Assert.True(asked.Wait(TimeSpan.FromSeconds(10)));

        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        decide.Set();
        ExpectMsg(1);
    }

    [Fact]
    public void A_child_is_stopped_when_it_fails_more_often_than_allowed()
    {
        IActorRef actor = Child(new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        Watch(actor);
        actor.Tell(new IOException("one"));
        actor.Tell(new IOException("two"));
        actor.Tell("count");
        ExpectMsg(1);
        actor.Tell(new IOException("three"));

        ExpectTerminated(actor);
    }

    [Fact]
    public void Restarts_outside_of_the_window_do_not_count()
    {
        TimeSpan window = TimeSpan.FromMilliseconds(50);
        IActorRef actor = Child(new OneForOneStrategy(1, window, _ => Directive.Restart));
        for (int i = 0; i < 4; i++)
        {
            actor.Tell(new IOException("broken"));
            actor.Tell("count");
            ExpectMsg(1);
            ExpectNoMsg(window + window);
        }
    }

    [Fact]
    public void Zero_retries_mean_none()
    {
        IActorRef actor = Child(new OneForOneStrategy(0, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        Watch(actor);
        actor.Tell(new IOException("broken"));

        ExpectTerminated(actor);
    }

    [Fact]
    public void Negative_retries_mean_no_limit()
    {
        IActorRef actor = Child(new OneForOneStrategy(-1, -1, _ => Directive.Restart));
        for (int i = 0; i < 20; i++)
        {
            actor.Tell(new IOException("broken"));
        }

        actor.Tell("count");
        ExpectMsg(1, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Escalate_fails_the_parent_with_the_same_exception()
    {
        var seen = CreateTestProbe();
        IActorRef grandparent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            seen.Ref.Tell(cause.Message);
            return Directive.Stop;
        })));
        grandparent.Tell(Parent.Props(new OneForOneStrategy(_ => Directive.Escalate)));
        var parent = ExpectMsg<IActorRef>();
        Watch(parent);
        parent.Tell(Journal.Props(CreateTestProbe()));
        var child = ExpectMsg<IActorRef>();
        child.Tell(new IOException("broken"));

        seen.ExpectMsg("broken");
        ExpectTerminated(parent);
    }

    [Fact]
    public void An_escalated_failure_at_the_top_restarts_the_top_actor()
    {
        IActorRef top = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Escalate)));
        top.Tell(Journal.Props(TestActor));
        var child = FishForMessage<IActorRef>(_ => true);
        child.Tell(new IOException("broken"));

        // The parent keeps its children at a restart, so they are restarted with it.
        FishForMessage<string>(message => message == "PostRestart broken");
        top.Tell("alive");
        FishForMessage<string>(message => message == "alive");
    }

    [Fact]
    public void All_for_one_restarts_the_siblings_too()
    {
        IActorRef parent = Sys.ActorOf(Parent.Props(new AllForOneStrategy(_ => Directive.Restart)));
        var sibling = CreateTestProbe();
        parent.Tell(Journal.Props(CreateTestProbe()));
        var failing = ExpectMsg<IActorRef>();
        parent.Tell(Journal.Props(sibling));
        ExpectMsg<IActorRef>();
        sibling.ExpectMsg("PreStart");
        failing.Tell(new IOException("broken"));

        sibling.ExpectMsg("PreRestart broken without message");
        sibling.ExpectMsg("PostStop");
        sibling.ExpectMsg("PostRestart broken");
    }

    [Fact]
    public void All_for_one_stops_the_siblings_too()
    {
        IActorRef parent = Sys.ActorOf(Parent.Props(new AllForOneStrategy(_ => Directive.Stop)));
        parent.Tell(Journal.Props(CreateTestProbe()));
        var failing = ExpectMsg<IActorRef>();
        parent.Tell(Journal.Props(CreateTestProbe()));
        var sibling = ExpectMsg<IActorRef>();
        Watch(sibling);
        failing.Tell(new IOException("broken"));

        ExpectTerminated(sibling);
    }

    [Fact]
    public void A_restart_stops_the_children_first()
    {
        var childProbe = CreateTestProbe();
        IActorRef parent = Sys.ActorOf(Journal.Props(TestActor));
        ExpectMsg("PreStart");
        parent.Tell(Journal.Props(childProbe));
        var child = ExpectMsg<IActorRef>();
        Watch(child);
        parent.Tell(new IOException("broken"));

        childProbe.ExpectMsg("PreStart");
        childProbe.ExpectMsg("PostStop");
        FishForMessage<string>(message => message == "PostRestart broken");

        // The name is free for the new instance.
        parent.Tell(Journal.Props(childProbe));
        FishForMessage<IActorRef>(_ => true);
        childProbe.ExpectMsg("PreStart");
    }

    [Fact]
    public void Children_kept_at_a_restart_are_restarted_too()
    {
        IActorRef parent = Child(new OneForOneStrategy(_ => Directive.Restart), Parent.Props(SupervisorStrategy.DefaultStrategy));
        var childProbe = CreateTestProbe();
        parent.Tell(Journal.Props(childProbe));
        ExpectMsg<IActorRef>();
        childProbe.ExpectMsg("PreStart");
        parent.Tell(new IOException("broken"));

        childProbe.ExpectMsg("PreRestart broken without message");
    }

    [Fact]
    public async Task A_constructor_that_throws_stops_the_actor()
    {
        await EventFilter.Exception<ActorInitializationException>().ExpectOneAsync(() =>
        {
            IActorRef actor = Sys.ActorOf(Props.Create(() => new Unborn()));
            Watch(actor);
            ExpectTerminated(actor);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void Kill_fails_the_actor_and_stops_it_by_default()
    {
        IActorRef actor = Sys.ActorOf(Journal.Props(CreateTestProbe()));
        Watch(actor);
        actor.Tell(Kill.Instance);

        ExpectTerminated(actor);
    }

    [Fact]
    public void A_failure_is_logged_as_an_error_of_the_child() =>
        EventFilter.Exception<IOException>("broken").ExpectOne(
            () => Sys.ActorOf(Journal.Props(CreateTestProbe())).Tell(new IOException("broken")));

    [Fact]
    public void Props_can_override_the_strategy()
    {
        IActorRef parent = Sys.ActorOf(
            Parent.Props(SupervisorStrategy.DefaultStrategy).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop)));
        parent.Tell(Journal.Props(CreateTestProbe()));
        var child = ExpectMsg<IActorRef>();
        Watch(child);
        child.Tell(new IOException("broken"));

        ExpectTerminated(child);
    }

    [Fact]
    public void A_decider_may_be_a_table_of_types()
    {
        DeployableDecider decider = Decider.From(
            Directive.Escalate, Directive.Stop.When<ArgumentException>(), Directive.Resume.When<IOException>());

        Assert.Equal(Directive.Stop, decider.Decide(new ArgumentException("x")));
        Assert.Equal(Directive.Resume, decider.Decide(new FileNotFoundException()));
        Assert.Equal(Directive.Escalate, decider.Decide(new InvalidOperationException()));
    }

    private IActorRef Child(SupervisorStrategy strategy, Props? props = null)
    {
        IActorRef parent = Sys.ActorOf(Parent.Props(strategy));
        parent.Tell(props ?? Journal.Props(CreateTestProbe()));
        return ExpectMsg<IActorRef>();
    }

    private sealed class Unborn : UntypedActor
    {
        public Unborn() => throw new IOException("no disk");

        protected override void OnReceive(object message)
        {
        }
    }
}
