using Akka.Actor;

namespace Tapvisor.Tests.AkkaEmbedded.Probes;

/// <summary>Creates a child for every <see cref="Props"/> it gets, under a strategy of the test's choice.</summary>
internal sealed class Parent(SupervisorStrategy strategy) : UntypedActor
{
    protected override SupervisorStrategy SupervisorStrategy() => strategy;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Props props:
                Sender.Tell(Context.ActorOf(props));
                break;
            case Exception failure:
                throw failure;
            case IActorRef child:
                Context.Stop(child);
                break;
            default:
                Sender.Tell(message);
                break;
        }
    }

    protected override void PreRestart(Exception reason, object? message)
    {
        // The children survive.
    }

    public static Props Props(SupervisorStrategy strategy) => Akka.Actor.Props.Create(() => new Parent(strategy));
}
