using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class SelectionTests : TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task An_actor_is_found_by_its_absolute_path()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props, "disk");

        Assert.Equal(actor, await Sys.ActorSelection("/user/disk").ResolveOne(Long));
        Assert.Equal(actor, await Sys.ActorSelection("akka://test/user/disk").ResolveOne(Long));
        Assert.Equal(actor, await Sys.ActorSelection(actor.Path).ResolveOne(Long));
    }

    [Fact]
    public void A_selection_delivers_messages()
    {
        Sys.ActorOf(ForwardActor.Props(TestActor), "disk");
        Sys.ActorSelection("/user/disk").Tell("hello", TestActor);

        ExpectMsg("hello");
    }

    [Fact]
    public void A_selection_is_relative_to_the_actor_that_makes_it()
    {
        Sys.ActorOf(ForwardActor.Props(TestActor), "sibling");
        Sys.ActorOf(Props.Create(() => new Neighbour())).Tell("hello");

        ExpectMsg("hello");
    }

    [Fact]
    public async Task A_path_to_nobody_is_not_found() =>
        await Assert.ThrowsAsync<ActorNotFoundException>(() => Sys.ActorSelection("/user/nobody").ResolveOne(Long));

    [Fact]
    public void A_path_reads_back_the_same()
    {
        var path = ActorPath.Parse("akka://test/user/disk/ring");

        Assert.Equal("ring", path.Name);
        Assert.Equal("akka://test/user/disk", path.Parent.ToString());
        Assert.Equal(new[] { "user", "disk", "ring" }, path.Elements);
        Assert.Equal(path, path.Parent / "ring");
    }

    private sealed class Neighbour : UntypedActor
    {
        protected override void OnReceive(object message) => Context.ActorSelection("../sibling").Tell(message, Self);
    }
}
