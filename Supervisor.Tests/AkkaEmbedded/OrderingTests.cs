using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Tapvisor.Tests.AkkaEmbedded.Probes;

namespace Tapvisor.Tests.AkkaEmbedded;

public class OrderingTests : TestKit
{
    [Fact]
    public void Messages_of_one_sender_arrive_in_order()
    {
        const int messages = 5000;
        IActorRef actor = Sys.ActorOf(ForwardActor.Props(TestActor));
        for (int i = 0; i < messages; i++)
        {
            actor.Tell(i);
        }

        Assert.Equal(Enumerable.Range(0, messages).Cast<object>(), ReceiveN(messages));
    }

    [Fact]
    public async Task Messages_of_many_threads_are_processed_one_at_a_time()
    {
        const int senders = 8;
        const int messages = 1000;
        IActorRef actor = Sys.ActorOf(Journal.Props(CreateTestProbe()));
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < messages; i++)
            {
                actor.Tell("count", ActorRefs.NoSender);
            }
        })));

        Assert.Equal(senders * messages + 1, await actor.Ask<int>("count", TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Stop_overtakes_the_messages_in_the_mailbox()
    {
        using var released = new ManualResetEventSlim();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new OneShot(TestActor, released)));
        Watch(actor);
        actor.Tell("first");
        actor.Tell("second");
        released.Set();

        ExpectMsg("first");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_poison_pill_waits_for_its_turn()
    {
        IActorRef actor = Sys.ActorOf(ForwardActor.Props(TestActor));
        Watch(actor);
        actor.Tell("first");
        actor.Tell("second");
        actor.Tell(PoisonPill.Instance);

        ExpectMsg("first");
        ExpectMsg("second");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_message_carries_its_sender()
    {
        IActorRef actor = Sys.ActorOf(EchoActor.Props(this));
        actor.Tell("hello");

        ExpectMsgFrom(TestActor, "hello");
    }

    [Fact]
    public void Forward_keeps_the_sender()
    {
        var target = CreateTestProbe();
        IActorRef actor = Sys.ActorOf(ForwardActor.Props(target));
        actor.Tell("hello");

        target.ExpectMsgFrom(TestActor, "hello");
    }

    private sealed class OneShot(IActorRef test, ManualResetEventSlim released) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            released.Wait();
            Context.Stop(Self);
            test.Tell(message);
        }
    }
}
