using Akka.Actor;

namespace Tapvisor.Tests.AkkaEmbedded.Probes;

/// <summary>Reports an actor's hooks and messages to a test, and fails when told to.</summary>
internal sealed class Journal(IActorRef test) : UntypedActor
{
    private int _count;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Exception failure:
                throw failure;
            case "count":
                Sender.Tell(++_count);
                break;
            case Props props:
                Sender.Tell(Context.ActorOf(props, "child"));
                break;
            case string text:
                test.Tell(text);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PreStart() => test.Tell("PreStart");

    protected override void PostStop() => test.Tell("PostStop");

    protected override void PreRestart(Exception reason, object? message)
    {
        test.Tell($"PreRestart {reason.Message} {(message is Exception ? "with" : "without")} message");
        base.PreRestart(reason, message!);
    }

    protected override void PostRestart(Exception reason)
    {
        test.Tell($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }

    public static Props Props(IActorRef test) => Akka.Actor.Props.Create(() => new Journal(test));
}
