using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class BehaviourTests : TestKit
{
    [Fact]
    public void Become_replaces_the_behaviour()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Door()));
        actor.Tell("state");
        actor.Tell("open");
        actor.Tell("state");

        ExpectMsg("closed");
        ExpectMsg("open");
    }

    [Fact]
    public void A_restart_goes_back_to_the_first_behaviour()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Door()));
        actor.Tell("open");
        actor.Tell(new IOException("broken"));
        actor.Tell("state");

        ExpectMsg("closed");
    }

    [Fact]
    public void Unbecome_goes_back_to_the_stacked_behaviour()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Door()));
        actor.Tell("peek");
        actor.Tell("state");
        actor.Tell("close");
        actor.Tell("state");

        ExpectMsg("peeking");
        ExpectMsg("closed");
    }

    [Fact]
    public void The_first_matching_handler_is_run()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Matcher()));
        actor.Tell(5);
        actor.Tell(50);
        actor.Tell("text");
        actor.Tell(1.5);

        ExpectMsg("small");
        ExpectMsg("number");
        ExpectMsg("text");
        ExpectMsg("any");
    }

    [Fact]
    public void What_no_handler_takes_is_published_as_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Door()));
        actor.Tell(42);

        var unhandled = ExpectMsg<UnhandledMessage>();
        Assert.Equal(42, unhandled.Message);
        Assert.Equal(actor, unhandled.Recipient);
    }

    [Fact]
    public void A_handler_after_one_for_everything_is_refused()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Unreachable()));
        Watch(actor);

        ExpectTerminated(actor);
    }

    [Fact]
    public void A_receive_timeout_comes_when_nothing_else_does()
    {
        Sys.ActorOf(Props.Create(() => new Impatient(TestActor)));

        ExpectMsg("bored");
    }

    private sealed class Door : ReceiveActor
    {
        public Door() => Closed();

        private void Closed()
        {
            Receive<string>(message => message == "open", _ => Become(Open));
            Receive<string>(message => message == "peek", _ => BecomeStacked(Peeking));
            Receive<string>(message => message == "state", _ => Sender.Tell("closed"));
            Receive<Exception>(failure => throw failure);
        }

        private void Open()
        {
            Receive<string>(message => message == "state", _ => Sender.Tell("open"));
            Receive<Exception>(failure => throw failure);
        }

        private void Peeking()
        {
            Receive<string>(message => message == "state", _ => Sender.Tell("peeking"));
            Receive<string>(message => message == "close", _ => UnbecomeStacked());
        }
    }

    private sealed class Matcher : ReceiveActor
    {
        public Matcher()
        {
            Receive<int>(number => number < 10, _ => Sender.Tell("small"));
            Receive<int>(_ => Sender.Tell("number"));
            Receive<string>(text => Sender.Tell(text));
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class Unreachable : ReceiveActor
    {
        public Unreachable()
        {
            ReceiveAny(_ => { });
            Receive<string>(_ => { });
        }
    }

    private sealed class Impatient : ReceiveActor
    {
        public Impatient(IActorRef test)
        {
            SetReceiveTimeout(TimeSpan.FromMilliseconds(20));
            Receive<ReceiveTimeout>(_ =>
            {
                SetReceiveTimeout(null);
                test.Tell("bored");
            });
        }
    }
}
