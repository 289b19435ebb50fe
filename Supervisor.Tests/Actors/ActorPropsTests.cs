using Akka.Actor;
using Tapvisor.Actors;

namespace Tapvisor.Tests.Actors;

/// <summary>An actor is made anew by its factory each time that it starts.</summary>
public sealed class ActorPropsTests : ActorSpec
{
    [Fact]
    public void A_restarted_actor_is_another_one()
    {
        int made = 0;
        IActorRef actor = Sys.ActorOf(ActorProps.Of(() => new Counted(++made)));
        actor.Tell("which", TestActor);
        ExpectMsg(1);

        actor.Tell("fail", TestActor);
        actor.Tell("which", TestActor);
        ExpectMsg(2);
    }

    private sealed class Counted(int number) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "fail")
                throw new InvalidOperationException("It fails as it was asked to.");
            Sender.Tell(number);
        }
    }
}
