using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Tapvisor.Tests.AkkaEmbedded.Probes;

namespace Tapvisor.Tests.AkkaEmbedded;

public class LifecycleTests : TestKit
{
    [Fact]
    public void Hooks_run_in_order_from_start_to_stop()
    {
        IActorRef actor = Sys.ActorOf(Journal.Props(TestActor));
        Watch(actor);
        ExpectMsg("PreStart");
        actor.Tell("working");
        ExpectMsg("working");
        Sys.Stop(actor);

        ExpectMsg("PostStop");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Hooks_run_in_order_at_a_restart()
    {
        IActorRef actor = Sys.ActorOf(Journal.Props(TestActor));
        ExpectMsg("PreStart");
        actor.Tell(new IOException("broken"));

        ExpectMsg("PreRestart broken with message");
        ExpectMsg("PostStop");
        ExpectMsg("PostRestart broken");
        ExpectMsg("PreStart");
    }

    [Fact]
    public async Task A_name_is_free_again_when_its_actor_is_dead()
    {
        IActorRef first = Sys.ActorOf(BlackHoleActor.Props, "disk");
        Assert.True(await first.GracefulStop(TimeSpan.FromSeconds(10)));
        await AwaitAssertAsync(() => { Sys.ActorOf(BlackHoleActor.Props, "disk"); });
    }

    [Fact]
    public void A_taken_name_is_refused()
    {
        Sys.ActorOf(BlackHoleActor.Props, "disk");
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(BlackHoleActor.Props, "disk"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void A_malformed_name_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(BlackHoleActor.Props, name));

    [Fact]
    public void A_restarted_actor_keeps_its_reference_and_a_new_one_at_its_path_does_not()
    {
        IActorRef first = Sys.ActorOf(BlackHoleActor.Props, "disk");
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);
        IActorRef? second = null;
        AwaitAssert(() => second = Sys.ActorOf(BlackHoleActor.Props, "disk"));

        Assert.Equal(first.Path, second!.Path);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Children_are_stopped_before_their_parent_is_dead()
    {
        IActorRef parent = Sys.ActorOf(Journal.Props(CreateTestProbe()));
        parent.Tell(Journal.Props(TestActor));
        var child = ExpectMsgAnyOfChild();
        Watch(parent);
        Sys.Stop(parent);

        ExpectMsg("PostStop");
        ExpectTerminated(parent);
        Watch(child);
        ExpectTerminated(child);
    }

    [Fact]
    public void A_child_can_be_found_by_its_name()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Finder()));
        parent.Tell("disk");
        var found = ExpectMsg<IActorRef>();
        Assert.Equal("disk", found.Path.Name);
        parent.Tell("other");
        Assert.True(ExpectMsg<IActorRef>().IsNobody());
    }

    private IActorRef ExpectMsgAnyOfChild()
    {
        var child = FishForMessage<IActorRef>(_ => true);
        child.Tell("ready");
        FishForMessage<string>(message => message == "ready");
        return child;
    }

    private sealed class Finder : UntypedActor
    {
        protected override void PreStart() => Context.ActorOf(BlackHoleActor.Props, "disk");

        protected override void OnReceive(object message) => Sender.Tell(Context.Child((string)message));
    }
}
