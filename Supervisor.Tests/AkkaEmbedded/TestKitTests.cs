using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class TestKitTests : TestKit
{
    [Fact]
    public void A_probe_can_answer()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("question");
        probe.ExpectMsg("question");
        probe.Reply("answer");

        ExpectMsgFrom(probe.Ref, "answer");
    }

    [Fact]
    public void A_probe_can_answer_by_itself()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell($"re: {message}");
            return AutoPilot.KeepRunning;
        }));
        probe.Ref.Tell("one");
        probe.Ref.Tell("two");

        ExpectMsg("re: one");
        ExpectMsg("re: two");
    }

    [Fact]
    public void A_probe_can_be_watched()
    {
        var probe = CreateTestProbe();
        Watch(probe.Ref);
        Sys.Stop(probe.Ref);

        ExpectTerminated(probe.Ref);
    }

    [Fact]
    public async Task The_test_is_the_sender_after_an_await_too()
    {
        await Task.Yield();
        Sys.ActorOf(Props.Create(() => new SenderTeller())).Tell("who");

        await ExpectMsgAsync(TestActor);
    }

    [Fact]
    public void A_message_of_another_type_fails_the_expectation()
    {
        TestActor.Tell(42);
        Assert.ThrowsAny<Exception>(() => ExpectMsg<string>());
    }

    [Fact]
    public void A_missing_message_fails_the_expectation() =>
        Assert.ThrowsAny<Exception>(() => ExpectMsg<string>(TimeSpan.FromMilliseconds(20)));

    [Fact]
    public void An_unexpected_message_fails_ExpectNoMsg()
    {
        TestActor.Tell("surprise");
        Assert.ThrowsAny<Exception>(() => ExpectNoMsg(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void Messages_can_be_ignored()
    {
        IgnoreMessages(message => message is int);
        TestActor.Tell(1);
        TestActor.Tell("text");

        ExpectMsg("text");
    }

    [Fact]
    public void Fishing_skips_what_is_not_looked_for()
    {
        TestActor.Tell(1);
        TestActor.Tell("text");
        TestActor.Tell(2);

        Assert.Equal(2, FishForMessage<int>(number => number > 1));
    }

    [Fact]
    public void All_of_some_messages_may_come_in_any_order()
    {
        TestActor.Tell("b");
        TestActor.Tell("a");

        ExpectMsgAllOf("a", "b");
    }

    [Fact]
    public void Within_fails_a_block_that_takes_too_long() =>
        Assert.ThrowsAny<Exception>(() => Within(TimeSpan.FromMilliseconds(20), () => ExpectMsg<string>()));

    [Fact]
    public void A_filter_fails_when_its_event_does_not_come() =>
        Assert.ThrowsAny<Exception>(
            () => EventFilter.Info("never").Expect(1, TimeSpan.FromMilliseconds(20), () => { }));

    [Fact]
    public async Task A_condition_is_awaited()
    {
        int asked = 0;
        await AwaitConditionAsync(() => Task.FromResult(++asked > 2));
        Assert.Equal(3, asked);
    }

    [Fact]
    public void A_latch_opens_when_counted_down()
    {
        var latch = new TestLatch(2);
        latch.CountDown();
        Assert.False(latch.IsOpen);
        latch.CountDown();
        latch.Ready(TimeSpan.FromSeconds(1));
        Assert.True(latch.IsOpen);
    }

    [Fact]
    public void A_child_of_the_test_actor_can_be_made()
    {
        IActorRef child = ChildActorOf(BlackHoleActor.Props, "child");
        Assert.Equal(TestActor.Path, child.Path.Parent);
    }

    private sealed class SenderTeller : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Sender);
    }
}
