using Akka.Actor;
using Akka.Event;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class EventStreamTests : TestKit
{
    [Fact]
    public void A_subscriber_gets_events_of_the_class_and_its_subclasses()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(IOException));
        Sys.EventStream.Publish(new InvalidOperationException());
        Sys.EventStream.Publish(new FileNotFoundException());
        Sys.EventStream.Publish(new IOException());

        ExpectMsg<FileNotFoundException>();
        ExpectMsg<IOException>();
    }

    [Fact]
    public void After_unsubscribe_nothing_arrives()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(string));
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(string)));
        Sys.EventStream.Publish("event");

        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_second_subscription_to_the_same_class_is_none()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(string)));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(string)));
    }

    [Fact]
    public void A_message_to_a_dead_actor_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        IActorRef actor = Dead();
        actor.Tell("too late");

        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal("too late", letter.Message);
        Assert.Equal(actor, letter.Recipient);
        Assert.Equal(TestActor, letter.Sender);
    }

    [Fact]
    public void Messages_left_in_the_mailbox_are_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        using var bothAreThere = new ManualResetEventSlim();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Quitter(bothAreThere)));
        actor.Tell("first");
        actor.Tell("second");
        bothAreThere.Set();

        Assert.Equal("second", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_suppressed_message_is_no_plain_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));
        IActorRef actor = Dead();
        actor.Tell(PoisonPill.Instance);

        ExpectMsg<SuppressedDeadLetter>();
    }

    [Fact]
    public void A_dead_letter_can_be_expected() =>
        EventFilter.DeadLetter<string>().ExpectOne(() => Dead().Tell("too late"));

    [Fact]
    public void A_log_line_has_its_arguments_and_its_level() =>
        EventFilter.Warning("disk 7 is slow").ExpectOne(() => Log.Warning("disk {0} is {1}", 7, "slow"));

    [Fact]
    public void A_logged_exception_can_be_expected_by_its_type() =>
        EventFilter.Exception<IOException>(contains: "broken").ExpectOne(() => Log.Error(new IOException("broken"), "oops"));

    [Fact]
    public void An_actor_logs_under_its_path()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Chatty()), "chatty");
        EventFilter.Info("hello", source: actor.Path.ToString()).ExpectOne(() => actor.Tell("hello"));
    }

    [Fact]
    public void Levels_below_the_configured_one_are_not_enabled()
    {
        Assert.False(Log.IsDebugEnabled);
        Assert.True(Log.IsInfoEnabled);
    }

    private IActorRef Dead()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        return actor;
    }

    private sealed class Quitter(ManualResetEventSlim mayQuit) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            mayQuit.Wait();
            Context.Stop(Self);
        }
    }

    private sealed class Chatty : UntypedActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        protected override void OnReceive(object message) => _log.Info((string)message);
    }
}
