using Akka.Actor;
using Akka.TestKit.Xunit2;
using Tapvisor.Tests.AkkaEmbedded.Probes;

namespace Tapvisor.Tests.AkkaEmbedded;

public class StashTests : TestKit
{
    [Fact]
    public void Stashed_messages_come_back_in_order_before_the_others()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Opening(TestActor)));
        actor.Tell("one");
        actor.Tell("two");
        actor.Tell("open");
        actor.Tell("three");

        ExpectMsg("one");
        ExpectMsg("two");
        ExpectMsg("three");
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        var sender = CreateTestProbe();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Opening(TestActor)));
        sender.Send(actor, "one");
        sender.Send(actor, "open");

        ExpectMsgFrom(sender.Ref, "one");
    }

    [Fact]
    public void A_restart_gives_the_stashed_messages_back()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Opening(TestActor)));
        actor.Tell("one");
        actor.Tell(new IOException("broken"));
        actor.Tell("open");

        ExpectMsg("one");
    }

    [Fact]
    public void A_message_cannot_be_stashed_twice()
    {
        // Stopped by its parent: a restart would give it the message again, for ever.
        IActorRef parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Stop)));
        parent.Tell(Props.Create(() => new Greedy()));
        var actor = ExpectMsg<IActorRef>();
        EventFilter.Exception<IllegalActorStateException>().ExpectOne(() => actor.Tell("one"));
    }

    private sealed class Opening : ReceiveActor, IWithUnboundedStash
    {
        private readonly IActorRef _test;

        public Opening(IActorRef test)
        {
            _test = test;
            Receive<string>(message => message == "open", _ =>
            {
                Become(Open);
                Stash.UnstashAll();
            });
            Receive<Exception>(failure => throw failure);
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;

        private void Open() => ReceiveAny(_test.Forward);
    }

    private sealed class Greedy : UntypedActor, IWithStash
    {
        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            Stash.Stash();
            Stash.Stash();
        }
    }
}
