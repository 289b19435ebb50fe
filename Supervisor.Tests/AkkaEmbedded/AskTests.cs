using Akka.Actor;
using Akka.Event;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class AskTests : TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_first_reply_is_the_result()
    {
        IActorRef actor = Replying(message => $"re: {message}");
        Assert.Equal("re: hello", await actor.Ask<string>("hello", Long));
    }

    [Fact]
    public async Task A_failure_as_reply_faults_the_task()
    {
        IActorRef actor = Replying(_ => new Status.Failure(new IOException("broken")));
        await Assert.ThrowsAsync<IOException>(() => actor.Ask<string>("hello", Long));
    }

    [Fact]
    public async Task No_reply_in_time_is_a_timeout()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        await Assert.ThrowsAsync<AskTimeoutException>(() => actor.Ask<string>("hello", TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public async Task A_reply_of_another_type_faults_the_task()
    {
        IActorRef actor = Replying(_ => 42);
        await Assert.ThrowsAsync<ArgumentException>(() => actor.Ask<string>("hello", Long));
    }

    [Fact]
    public async Task Cancellation_cancels_the_task()
    {
        using var cancellation = new CancellationTokenSource();
        Task<string> asked = Sys.ActorOf(BlackHoleActor.Props).Ask<string>("hello", cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task The_message_may_contain_the_reference_to_reply_to()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new ReplyTo()));
        Assert.Equal("here", await actor.Ask<string>(self => self, Long, CancellationToken.None));
    }

    [Fact]
    public async Task A_second_reply_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Twice()));

        Assert.Equal("one", await actor.Ask<string>("hello", Long));
        Assert.Equal("two", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Identify_is_answered_with_the_reference()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        var identity = await actor.Ask<ActorIdentity>(new Identify(7), Long);

        Assert.Equal(7, identity.MessageId);
        Assert.Equal(actor, identity.Subject);
    }

    [Fact]
    public async Task Graceful_stop_waits_for_the_death()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        Assert.True(await actor.GracefulStop(Long));
        Watch(actor);
        Assert.False((await ExpectTerminatedAsync(actor)).ExistenceConfirmed);
    }

    [Fact]
    public async Task Graceful_stop_of_an_actor_that_does_not_stop_is_false()
    {
        IActorRef actor = Sys.ActorOf(BlackHoleActor.Props);
        Assert.False(await actor.GracefulStop(TimeSpan.FromMilliseconds(20), "please"));
    }

    private IActorRef Replying(Func<object, object> reply) => Sys.ActorOf(Props.Create(() => new Replier(reply)));

    private sealed class Replier(Func<object, object> reply) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(reply(message));
    }

    private sealed class ReplyTo : ReceiveActor
    {
        public ReplyTo() => Receive<IActorRef>(target => target.Tell("here"));
    }

    private sealed class Twice : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            Sender.Tell("one");
            Sender.Tell("two");
        }
    }
}
