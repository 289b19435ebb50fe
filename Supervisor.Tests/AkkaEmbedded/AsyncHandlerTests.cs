using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class AsyncHandlerTests : TestKit
{
    [Fact]
    public void No_other_message_is_processed_while_a_handler_awaits()
    {
        var gate = new TaskCompletionSource();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Awaiter(gate.Task)));
        actor.Tell("await");
        actor.Tell("next");

        ExpectMsg("begun");
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        gate.SetResult();
        ExpectMsg("await done");
        ExpectMsg("next");
    }

    [Fact]
    public void The_context_is_the_same_after_an_await()
    {
        var gate = new TaskCompletionSource();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Awaiter(gate.Task)));
        actor.Tell("self");

        ExpectMsg("begun");
        gate.SetResult();
        ExpectMsgFrom(actor, actor);
    }

    [Fact]
    public void A_handler_that_fails_after_an_await_fails_the_actor()
    {
        var gate = new TaskCompletionSource();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Awaiter(gate.Task)));
        actor.Tell("count");
        actor.Tell("fail");
        actor.Tell("count");

        ExpectMsg(1);
        ExpectMsg("begun");
        gate.SetResult();
        ExpectMsg(1);
    }

    [Fact]
    public void An_actor_can_be_stopped_while_a_handler_awaits()
    {
        var never = new TaskCompletionSource();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Awaiter(never.Task)));
        Watch(actor);
        actor.Tell("await");
        ExpectMsg("begun");
        Sys.Stop(actor);

        ExpectTerminated(actor);
    }

    [Fact]
    public void RunTask_suspends_the_mailbox_of_an_untyped_actor()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Runner()));
        actor.Tell(1);
        actor.Tell(2);

        ExpectMsg("begin 1");
        ExpectMsg("end 1");
        ExpectMsg("begin 2");
        ExpectMsg("end 2");
    }

    [Fact]
    public void PipeTo_sends_the_result()
    {
        var source = new TaskCompletionSource<int>();
        source.Task.PipeTo(TestActor);
        source.SetResult(42);

        ExpectMsg(42);
    }

    [Fact]
    public void PipeTo_sends_a_failure_as_such()
    {
        Task.FromException<int>(new IOException("broken")).PipeTo(TestActor);

        Assert.IsType<IOException>(ExpectMsg<Status.Failure>().Cause);
    }

    [Fact]
    public void PipeTo_maps_both_outcomes()
    {
        Task.FromResult(1).PipeTo(TestActor, success: number => $"got {number}");
        Task.FromException(new IOException("broken")).PipeTo(TestActor, failure: e => e.Message);

        ExpectMsg("got 1");
        ExpectMsg("broken");
    }

    private sealed class Awaiter : ReceiveActor
    {
        private int _count;

        public Awaiter(Task gate)
        {
            ReceiveAsync<string>(message => message == "await", async message =>
            {
                Sender.Tell("begun");
                await gate;
                Sender.Tell($"{message} done");
            });
            ReceiveAsync<string>(message => message == "self", async _ =>
            {
                Sender.Tell("begun");
                await gate;
                Sender.Tell(Context.Self);
            });
            ReceiveAsync<string>(message => message == "fail", async _ =>
            {
                Sender.Tell("begun");
                await gate;
                throw new IOException("broken");
            });
            Receive<string>(message => message == "count", _ => Sender.Tell(++_count));
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private sealed class Runner : UntypedActor
    {
        protected override void OnReceive(object message) => RunTask(async () =>
        {
            Sender.Tell($"begin {message}");
            await Task.Yield();
            Sender.Tell($"end {message}");
        });
    }
}
